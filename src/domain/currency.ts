/** Amounts in other currencies, and the monthly exchange rates that convert them to US dollars. */

import { type Charge, ORIGINAL_PLACES, type OriginalCost } from './charge.ts';
import { type Exact, exact, multiply, toDecimal, toInteger } from './exact.ts';
import { Failure } from './failure.ts';
import { type NanoUsd, nanoFromUsd } from './money.ts';
import { monthStartMs, monthText } from './period.ts';

/** The value of one unit of a currency in a month. */
export interface ExchangeRate {
  readonly sourceId: string;
  /** ISO 4217, in capitals. */
  readonly currency: string;
  /** Start of the month, UTC. */
  readonly monthMs: number;
  /** Absent if the source withdraws its rate. */
  readonly usdPerUnit?: Exact;
}

/** An amount in another currency than US dollars, with at most 18 decimals. */
export type ForeignAmount = Pick<OriginalCost, 'currency' | 'amount'>;

/** The currency and month that identify a rate. */
export type RateKey = Pick<ExchangeRate, 'currency' | 'monthMs'>;

/** Billed charges of a source that no total includes because their month's rate was unknown. */
export interface UnconvertedCharges extends RateKey {
  readonly sourceId: string;
  readonly charges: number;
  /** Their sum in that currency. */
  readonly amount: Exact;
}

/** How to supply a missing rate. */
export function rateFix({ currency, monthMs }: RateKey): string {
  return (
    'import it with rentcheck import exchange-rates FILE, or set currencies: { ' +
    `${currency}: { '${monthText(monthMs)}': … } } in rentcheck.yaml`
  );
}

/** The missing rate, how to supply it, and what to do then. */
export function missingRateText(rate: RateKey, then: string): string {
  return `${noRateText(rate)}; ${rateFix(rate)}; ${then}`;
}

/** `no exchange rate for EUR in 2026-07`. */
export function noRateText({ currency, monthMs }: RateKey): string {
  return `no exchange rate for ${currency} in ${monthText(monthMs)}`;
}

/** A charge in another currency as its source returns it. The ledger adds the dollars. */
export type ForeignCharge = Omit<Charge, 'billed' | 'list' | 'effective' | 'original'> & {
  readonly original: OriginalCost;
};

/** Source id of the rates in rentcheck.yaml. No source in a config may have this id. */
export const CONFIG_RATES = 'config:currencies';

const CODES = new Set(Intl.supportedValuesOf('currency'));

/** `EUR` for ` eur`; `undefined` for an unknown currency. */
export function currencyCode(text: string): string | undefined {
  const code = text.trim().toUpperCase();
  return CODES.has(code) ? code : undefined;
}

/**
 * Start of the month whose rate applies: the month of the charge's last moment, when it was fully
 * earned.
 */
export function rateMonthMs(endMs: number): number {
  return monthStartMs(endMs - 1);
}

/** Units per currency unit at the decimals that are kept. */
const SCALE = 10n ** BigInt(ORIGINAL_PLACES);

/** Rounds an amount to 18 decimals, half to even. */
function keptAmount(amount: Exact): Exact {
  return SCALE % amount.den === 0n
    ? amount
    : exact(toInteger(multiply(amount, exact(SCALE))), SCALE);
}

/** Converts an amount to the nearest nano-dollar, half to even, rounded once. */
export function convertToNanoUsd(amount: Exact, usdPerUnit: Exact): NanoUsd {
  return nanoFromUsd(multiply(keptAmount(amount), usdPerUnit));
}

/** Without trailing zeros: 12.50 is `12.5`. */
export function plainAmount(amount: Exact): string {
  const text = toDecimal(amount, ORIGINAL_PLACES);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** `108.50 EUR`. */
export function foreignText({ currency, amount }: ForeignAmount): string {
  return `${toDecimal(amount, 2)} ${currency}`;
}

/** A billion dollars. A larger line is a mistake, and its nano-dollars would not fit a ledger. */
const MOST_NANO = 10n ** 18n;

/**
 * Converts a cost to the nearest nano-dollar, half to even, rounded once: 100.00 EUR at 1.0842 are
 * $108.42.
 * @throws {Failure} `malformed` from a billion dollars on.
 */
export function convertCharge(
  { currency, amount, list, effective }: OriginalCost,
  usdPerUnit: Exact,
) {
  const at = (value: Exact) => {
    const nano = convertToNanoUsd(value, usdPerUnit);
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
