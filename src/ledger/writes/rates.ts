/** Writes exchange rates, and converts charges to US dollars. */

import type { Database } from 'better-sqlite3';
import type { Charge } from '../../domain/charge.ts';
import { formatCount, usdDigits } from '../../domain/figures.ts';
import {
  CONFIG_RATES,
  convertCharge,
  type ExchangeRate,
  type ForeignCharge,
  rateMonthMs,
  type RateKey,
} from '../../domain/currency.ts';
import { monthEndMs, monthText } from '../../domain/period.ts';
import { compare, decimal, type Exact, exact, toDecimal } from '../../domain/exact.ts';
import { Failure } from '../../domain/failure.ts';
import { usd } from '../../domain/money.ts';
import type { Located } from '../../domain/provenance.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
import { CHARGE_IN_FORCE } from '../reads/charges.ts';
import type { ChargeVersions } from './chargeVersions.ts';
import type { RepeatLog } from './repeatLog.ts';
import { createVersionInserter, EXCHANGE_RATES, FACT_SHAPES, type FactShape } from './factShape.ts';
import type { StoredValue } from './insert.ts';
import { reportFact } from './factReport.ts';
import { extendReach, type Tally, type FetchOrigin } from './tally.ts';
import { prepareExactQuery } from '../statement.ts';
import { createVersionedWriter } from './versioned.ts';

/** A rate in force and its source. */
interface SourceRate {
  readonly sourceId: string;
  readonly usdPerUnit: Exact;
}

const VERSIONS = `
SELECT source_id, usd_num, usd_den, withdrawn FROM exchange_rate
WHERE currency = ? AND month_ms = ? AND recorded_at_ms <= ?
ORDER BY recorded_at_ms, version, source_id`;

export interface RateReader {
  /** All rates in force. The first one counts: the config's, otherwise the newest. */
  inForce(rate: RateKey): readonly SourceRate[];
  /** The rate that counts. */
  find(rate: RateKey): Exact | undefined;
}

/** Reads the current rates unless `asOfMs` is given. */
export function createRateReader(db: Database, asOfMs = Number.MAX_SAFE_INTEGER): RateReader {
  const select = prepareExactQuery<VersionRow>(db, VERSIONS).raw();
  const inForce = ({ currency, monthMs }: RateKey): SourceRate[] => {
    const newest = new Map<string, SourceRate | undefined>();
    for (const [sourceId, num, den, withdrawn] of select.all(currency, monthMs, asOfMs)) {
      const usdPerUnit = exact(BigInt(num), BigInt(den));
      // Delete first, so that the newest rate comes last.
      newest.delete(sourceId);
      newest.set(sourceId, Number(withdrawn) === 1 ? undefined : { sourceId, usdPerUnit });
    }
    const known = [...newest.values()].filter((one) => one !== undefined).toReversed();
    return [...known.filter(isFromConfig), ...known.filter((one) => !isFromConfig(one))];
  };
  return { inForce, find: (rate) => inForce(rate)[0]?.usdPerUnit };
}

type VersionRow = readonly [sourceId: string, num: string, den: string, withdrawn: bigint | number];

function isFromConfig({ sourceId }: SourceRate): boolean {
  return sourceId === CONFIG_RATES;
}

/** Charges in dollars, and charges without a known rate. */
export interface ConvertedCharges {
  readonly charges: readonly Located<Charge>[];
  readonly lacking: readonly { readonly charge: Located<ForeignCharge>; readonly rate: RateKey }[];
}

/** Looks up a rate once for all charges of its month. */
export function convertCharges(
  reader: RateReader,
  foreign: readonly Located<ForeignCharge>[],
): ConvertedCharges {
  const rates = new Map<string, Exact | undefined>();
  const charges: Located<Charge>[] = [];
  const lacking: ConvertedCharges['lacking'][number][] = [];
  for (const charge of foreign) {
    const { position, fact } = charge;
    const rate = { currency: fact.original.currency, monthMs: rateMonthMs(fact.period.endMs) };
    const name = `${rate.currency} ${rate.monthMs}`;
    if (!rates.has(name)) rates.set(name, reader.find(rate));
    const usdPerUnit = rates.get(name);
    if (usdPerUnit === undefined) lacking.push({ charge, rate });
    else charges.push({ position, fact: { ...fact, ...convertCharge(fact.original, usdPerUnit) } });
  }
  return { charges, lacking };
}

/** Writes rates, and returns those that changed. */
export function createExchangeRateWriter(db: Database, repeats: RepeatLog) {
  const { shape, put } = createVersionedWriter(db, repeats, EXCHANGE_RATES);
  const { nameOf } = repeats;
  const rates = createRateReader(db);
  return (
    located: readonly Located<ExchangeRate>[],
    origin: FetchOrigin,
    tally: Tally,
  ): RateKey[] => {
    const changed: RateKey[] = [];
    for (const { position, fact } of located) {
      const { sourceId, currency, monthMs, usdPerUnit } = fact;
      const place = { ...origin, position };
      const { num, den } = usdPerUnit ?? exact(0n);
      const row = { sourceId, currency, monthMs, usdNum: String(num), usdDen: String(den) };
      const result = put({ ...row, withdrawn: usdPerUnit === undefined }, place);
      const what = `the exchange rate of ${currency} for ${monthText(monthMs)}`;
      reportFact(tally, result, { shape, place, what, fact, nameOf });
      extendReach(tally, result.put, monthEndMs(monthMs));
      if (result.rowId === undefined) continue;
      changed.push({ currency, monthMs });
      tally.warnings.push(...findConflict(rates, { currency, monthMs }));
    }
    return changed;
  };
}

/** A warning if two sources give different rates, with the rate that counts. */
function findConflict(rates: RateReader, rate: RateKey): PullWarning[] {
  const [counts, ...others] = rates.inForce(rate);
  const other = others.find((one) => compare(one.usdPerUnit, counts?.usdPerUnit ?? ONE) !== 0);
  if (counts === undefined || other === undefined) return [];
  return [
    {
      code: 'rates-differ',
      currency: rate.currency,
      month: monthText(rate.monthMs),
      usdPerUnit: toDecimal(counts.usdPerUnit, 6),
      source: counts.sourceId,
      otherUsdPerUnit: toDecimal(other.usdPerUnit, 6),
      otherSource: other.sourceId,
    },
  ];
}

const ONE = exact(1n);

const IN_FORCE = `
SELECT %COLUMNS%, fetch_ref, position, (
  SELECT max(v.version) FROM charge v
  WHERE v.source_id = charge.source_id AND v.charge_key = charge.charge_key
) AS newest
FROM charge INDEXED BY charge_in_currency
WHERE original_currency = :currency AND end_ms > :monthMs AND end_ms <= :monthEndMs
  AND withdrawn = 0 AND ${CHARGE_IN_FORCE}`;

interface RateChange {
  readonly recordedAtMs: number;
  /** The fetch or undo that changed the rates. */
  readonly rateRef: number;
}

/** Converts stored charges to the current rates, as new versions. */
export interface Restater {
  /** @throws {Failure} `refused` if charges would be left without a rate. */
  restate(rates: readonly RateKey[], by: RateChange, tally?: Tally): void;
}

export function createRestater(db: Database, versions: ChargeVersions): Restater {
  const shape = FACT_SHAPES.charge;
  const rates = createRateReader(db);
  const names = [...shape.key, ...shape.contents].map(({ name }) => name).join(', ');
  const select = prepareExactQuery<StoredValue[]>(db, IN_FORCE.replace('%COLUMNS%', names)).raw();
  const insert = createVersionInserter(db, shape);
  const dollars = dollarColumns(shape);
  const restateRate = (rate: RateKey, { recordedAtMs, rateRef }: RateChange): Change => {
    const { currency, monthMs } = rate;
    const window = { monthMs, monthEndMs: monthEndMs(monthMs), asOfMs: recordedAtMs };
    const rows = select.all({ currency, ...window });
    const usdPerUnit = rates.find(rate);
    if (usdPerUnit === undefined && rows.length > 0) throw cannotUndo(rate, rows.length);
    const change = { charges: 0, was: 0n, now: 0n };
    for (const row of rows) {
      const key = row.slice(0, shape.key.length);
      const current = row.slice(key.length, key.length + shape.contents.length);
      const [fetchRef, position, newest] = row.slice(-3).map(Number) as [number, number, number];
      const contents = dollars.at(current, usdPerUnit ?? ONE);
      if (contents === current) continue;
      const version = newest + 1;
      const place = { fetchRef, position, recordedAtMs, rateRef };
      versions.afterInsert(insert({ ...place, key, contents, version }));
      change.charges += 1;
      change.was += dollars.billed(current);
      change.now += dollars.billed(contents);
    }
    return change;
  };
  return {
    restate(changed, by, tally) {
      for (const rate of changed) {
        const change = restateRate(rate, by);
        if (change.charges > 0 && tally !== undefined) recordChange(tally, rate, change);
      }
    },
  };
}

interface Change {
  readonly charges: number;
  readonly was: bigint;
  readonly now: bigint;
}

function recordChange(
  tally: Tally,
  { currency, monthMs }: RateKey,
  { charges, was, now }: Change,
): void {
  const { wasNanoUsd = 0n, nowNanoUsd = 0n } = tally.restatedCharges ?? {};
  tally.restatedCharges = { wasNanoUsd: wasNanoUsd + was, nowNanoUsd: nowNanoUsd + now };
  tally.warnings.push({
    code: 'charges-converted-again',
    currency,
    month: monthText(monthMs),
    charges,
    wasUsd: usdDigits(usd(was)),
    nowUsd: usdDigits(usd(now)),
  });
}

function cannotUndo({ currency, monthMs }: RateKey, charges: number): Failure {
  const month = monthText(monthMs);
  const message =
    `the exchange rate of ${currency} for ${month} cannot be undone: ` +
    `${formatCount(charges, 'charge')} in ${currency} would have no amount in US dollars`;
  return new Failure('refused', message, {
    hint: 'import the correct rate first: rentcheck import exchange-rates FILE',
  });
}

/** The columns of a charge in dollars, and the original amounts behind them. */
export function dollarColumns(shape: FactShape) {
  const at = (key: string) => shape.contents.findIndex((plan) => plan.key === key);
  const [billedAt, listAt, effectiveAt] = [
    at('billedNanoUsd'),
    at('listNanoUsd'),
    at('effectiveNanoUsd'),
  ];
  const originals = ['originalAmount', 'originalList', 'originalEffective'].map(at);
  const currencyAt = at('originalCurrency');
  const monthAt = at('endMs');
  return {
    billed: (contents: readonly StoredValue[]) => BigInt(contents[billedAt] as bigint | number),
    /** The rate that the charge needs, or `undefined` for a charge in US dollars. */
    rateOf(contents: readonly StoredValue[]): RateKey | undefined {
      const currency = contents[currencyAt] ?? null;
      if (currency === null) return undefined;
      return { currency: String(currency), monthMs: rateMonthMs(Number(contents[monthAt])) };
    },
    /** The contents at this rate. Returns the same object if nothing changes. */
    at(contents: readonly StoredValue[], usdPerUnit: Exact): readonly StoredValue[] {
      const [amount, list, effective] = originals.map((index) => {
        const text = contents[index] ?? null;
        return text === null ? undefined : decimal(String(text));
      });
      if (amount === undefined) return contents;
      const original = {
        currency: String(contents[currencyAt]),
        amount,
        ...(list === undefined ? {} : { list }),
        ...(effective === undefined ? {} : { effective }),
      };
      const now = convertCharge(original, usdPerUnit);
      const next = [...contents];
      for (const [index, value] of [
        [billedAt, now.billed],
        [listAt, now.list ?? null],
        [effectiveAt, now.effective ?? null],
      ] as const) {
        next[index] = value;
      }
      const isSame = next.every((value, index) => String(value) === String(contents[index]));
      return isSame ? contents : next;
    },
  };
}
