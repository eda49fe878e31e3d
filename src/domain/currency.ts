/** Money in other currencies, and the rate of a month that turns it into US dollars. */

import { type Charge, ORIGINAL_PLACES, type OriginalCost } from './charge.ts';
import { type Exact, exact, multiply, toDecimal, toInteger } from './exact.ts';
import { Failure } from './failure.ts';
import { type NanoUsd, nanoFromUsd } from './money.ts';
import { monthStartMs, monthText } from './months.ts';

/** What one unit of a currency is worth in a month. */
export interface ExchangeRate {
  readonly sourceId: string;
  /** ISO 4217, in capitals. */
  readonly currency: string;
  /** The first moment of the month, UTC. */
  readonly monthMs: number;
  /** Absent where the source takes back what it said. */
  readonly usdPerUnit?: Exact;
}

/** Money in a currency other than US dollars, to 18 decimals at most. */
export type ForeignAmount = Pick<OriginalCost, 'currency' | 'amount'>;

/** Which rate: of a currency in a month. */
export type RateOf = Pick<ExchangeRate, 'currency' | 'monthMs'>;

/** Charges of a source that are billed and not counted, for their month's rate was not known. */
export interface UnconvertedCharges extends RateOf {
  readonly sourceId: string;
  readonly charges: number;
  /** Their sum in that currency. */
  readonly amount: Exact;
}

/** How to bring a rate that is missing. */
export function rateFix({ currency, monthMs }: RateOf): string {
  return (
    'import it with rentcheck import exchange-rates FILE, or set currencies: { ' +
    `${currency}: { '${monthText(monthMs)}': … } } in rentcheck.yaml`
  );
}

/** What is missing and how to bring it, of an amount that waits for it. */
export function lackText(rate: RateOf, then: string): string {
  return `${noRateText(rate)}; ${rateFix(rate)}; ${then}`;
}

/** `no rate of EUR for 2026-07 is known`. */
export function noRateText({ currency, monthMs }: RateOf): string {
  return `no exchange rate for ${currency} in ${monthText(monthMs)}`;
}

/** A charge as its source tells it where that is not in US dollars: the ledger adds the dollars. */
export type ForeignCharge = Omit<Charge, 'billed' | 'list' | 'effective' | 'original'> & {
  readonly original: OriginalCost;
};

/** The rates of rentcheck.yaml, as a source of their own; no source of a config has this id. */
export const CONFIG_RATES = 'config:currencies';

const CODES = new Set(Intl.supportedValuesOf('currency'));

/** `EUR` of ` eur`; `undefined` for what is no currency. */
export function currencyCode(text: string): string | undefined {
  const code = text.trim().toUpperCase();
  return CODES.has(code) ? code : undefined;
}

/** The month whose rate a charge has: that of its last moment, when it was earned to the full. */
export function rateMonthMs(endMs: number): number {
  return monthStartMs(endMs - 1);
}

/** So many decimals of an amount in another currency are kept. */
const SCALE = 10n ** BigInt(ORIGINAL_PLACES);

/** An amount as it is kept: to 18 decimals, half to even. */
function keptAmount(amount: Exact): Exact {
  return SCALE % amount.den === 0n
    ? amount
    : exact(toInteger(multiply(amount, exact(SCALE))), SCALE);
}

/** The dollars of an amount, to the nearest nano-dollar, half to even, rounded once. */
export function nanoOf(amount: Exact, usdPerUnit: Exact): NanoUsd {
  return nanoFromUsd(multiply(keptAmount(amount), usdPerUnit));
}

/** Without zeros that say nothing: 12.50 is `12.5`. */
export function plainAmount(amount: Exact): string {
  const text = toDecimal(amount, ORIGINAL_PLACES);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** `108.50 EUR`. */
export function foreignText({ currency, amount }: ForeignAmount): string {
  return `${toDecimal(amount, 2)} ${currency}`;
}

/** A billion dollars: more on one line is a slip, and its nano-dollars would not fit a ledger. */
const MOST_NANO = 10n ** 18n;

/**
 * The dollars of an amount, to the nearest nano-dollar, half to even, rounded once: 100.00 EUR at
 * 1.0842 are $108.42.
 * @throws {Failure} `malformed` for a billion dollars and more.
 */
export function dollarsOf({ currency, amount, list, effective }: OriginalCost, usdPerUnit: Exact) {
  const at = (value: Exact) => {
    const nano = nanoOf(value, usdPerUnit);
    if (nano < MOST_NANO && nano > -MOST_NANO) return nano;
    throw new Failure('malformed', 'a charge is more than a billion US dollars', {
      hint: `check the amounts in ${currency}, and that its rate is in US dollars per unit`,
    });
  };
  return {
    billed: at(amount),
    ...(list === undefined ? {} : { list: at(list) }),
    ...(effective === undefined ? {} : { effective: at(effective) }),
  };
}
