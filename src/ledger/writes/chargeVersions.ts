/** Writes versions of charges, with their days and the change of the daily spend. */

import type { Database } from 'better-sqlite3';
import type { Charge } from '../../domain/charge.ts';
import { DAY_MS, dayStartMs, period, splitByDay } from '../../domain/period.ts';
import type { ChargeDay, SpendGroup, SpendRollup } from '../spendDays.ts';
import { getFactDigests } from '../factDigests.ts';
import type { StoredValue } from './insert.ts';
import type { FactOrigin } from './tally.ts';
import { apportionOverTime } from '../../domain/apportion.ts';
import { plainAmount } from '../../domain/currency.ts';
import { getRow, prepareExactQuery } from '../statement.ts';
import type { ChargeFact } from './factShape.ts';

export interface ChargeVersions {
  /** Writes the first version of a charge. Returns false if its key is known. */
  insertFirst(charge: Charge, place: FactOrigin): boolean;
  /** Adds the days and the spend of a version that has just been written. */
  afterInsert(chargeRef: number): void;
}

const COLUMNS = [
  'source_id',
  'charge_key',
  'version',
  'resource_id',
  'resource_name',
  'category',
  'pricing_class',
  'start_ms',
  'end_ms',
  'billed_nano_usd',
  'list_nano_usd',
  'effective_nano_usd',
  'quantity_num',
  'quantity_den',
  'unit',
  'gpu_type',
  'gpu_count',
  'basis',
  'tags_json',
  'withdrawn',
  'recorded_at_ms',
  'fetch_ref',
  'position',
  'rebuilt_from',
  'original_currency',
  'original_amount',
  'original_list',
  'original_effective',
  'invoice_id',
  'invoice_issued_ms',
  'commitment_id',
  'commitment_status',
];

const INSERT_FIRST = `
INSERT INTO charge (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})
ON CONFLICT (source_id, charge_key, version) DO NOTHING`;

const VERSION = `
SELECT charge_ref AS chargeRef, source_id AS sourceId, charge_key AS key,
  resource_id AS resourceId, resource_name AS resourceName, category,
  pricing_class AS pricingClass, start_ms AS startMs, end_ms AS endMs,
  billed_nano_usd AS billedNanoUsd, withdrawn, recorded_at_ms AS recordedAtMs, version
FROM charge`;

/** The version that was in force before, if the new one replaces it. */
const PREVIOUS = `${VERSION}
WHERE source_id = ? AND charge_key = ? AND charge_ref <> ?
ORDER BY recorded_at_ms DESC, version DESC LIMIT 1`;

interface Version extends SpendGroup {
  readonly chargeRef: bigint;
  readonly key: string;
  readonly startMs: bigint;
  readonly endMs: bigint;
  readonly billedNanoUsd: bigint;
  readonly withdrawn: bigint;
  readonly recordedAtMs: bigint;
  readonly version: bigint;
}

export function createChargeVersions(db: Database, spend: SpendRollup): ChargeVersions {
  const insert = db.prepare(INSERT_FIRST);
  const note = getFactDigests(db).noter('charge', COLUMNS);
  const read = prepareExactQuery<Version>(db, `${VERSION} WHERE charge_ref = ?`);
  const previous = prepareExactQuery<Version>(db, PREVIOUS);
  const days = createChargeDays(db);
  const count = (version: Version | undefined, by: 1 | -1) => {
    if (version === undefined || version.withdrawn === 1n) return;
    for (const day of days.read(version)) spend.count(version, day, by);
  };
  return {
    insertFirst(charge, place) {
      const values = firstValues(charge, place);
      const { changes, lastInsertRowid } = insert.run(...values);
      if (changes === 0) return false;
      note(values);
      const { sourceId, resourceId, category, pricingClass, resourceName = null } = charge;
      const group = { sourceId, resourceId, category, pricingClass, resourceName };
      for (const day of splitDays(charge)) {
        days.write(lastInsertRowid, day);
        spend.count(group, day, 1);
      }
      return true;
    },
    afterInsert(chargeRef) {
      const now = getRow(read, chargeRef);
      const { sourceId, key, withdrawn, billedNanoUsd } = now;
      if (withdrawn === 0n) {
        const span = { startMs: Number(now.startMs), endMs: Number(now.endMs), billedNanoUsd };
        for (const { dayMs, billedNanoUsd: nanoUsd } of splitChargeByDay(span)) {
          days.write(chargeRef, { dayMs, nanoUsd });
        }
      }
      const was = previous.get(sourceId, key, chargeRef);
      // The version recorded later is in force, whichever is written first.
      if (was !== undefined && isLater(was, now)) return;
      count(was, -1);
      count(now, 1);
    },
  };
}

function isLater(a: Version, b: Version): boolean {
  if (a.recordedAtMs !== b.recordedAtMs) return a.recordedAtMs > b.recordedAtMs;
  return a.version > b.version;
}

/** The first version, column by column, because this runs a million times for a large bill. */
function firstValues(charge: Charge, place: FactOrigin): StoredValue[] {
  const { quantity, tags } = charge;
  const terms = toChargeTerms(charge);
  return [
    charge.sourceId,
    charge.key,
    1,
    charge.resourceId,
    charge.resourceName ?? null,
    charge.category,
    charge.pricingClass,
    charge.period.startMs,
    charge.period.endMs,
    charge.billed,
    charge.list ?? null,
    charge.effective ?? null,
    quantity === undefined ? null : quantity.num.toString(),
    quantity === undefined ? null : quantity.den.toString(),
    charge.unit ?? null,
    charge.gpuType ?? null,
    charge.gpuCount ?? null,
    terms.basis,
    tags === undefined ? null : toTagsJson(tags),
    0,
    place.recordedAtMs,
    place.fetchRef,
    place.position,
    terms.rebuiltFrom,
    terms.originalCurrency,
    terms.originalAmount,
    terms.originalList,
    terms.originalEffective,
    terms.invoiceId,
    terms.invoiceIssuedMs,
    terms.commitmentId,
    terms.commitmentStatus,
  ];
}

/** Most charges lie within a day and need no division. */
function splitDays({ period: { startMs, endMs }, billed }: Charge): ChargeDay[] {
  const dayMs = dayStartMs(startMs);
  if (dayMs === dayStartMs(endMs - 1)) return [{ dayMs, nanoUsd: billed }];
  const days = splitChargeByDay({ startMs, endMs, billedNanoUsd: billed });
  return days.map((day) => ({ dayMs: day.dayMs, nanoUsd: day.billedNanoUsd }));
}

function createChargeDays(db: Database) {
  const insert = db.prepare('INSERT INTO charge_day VALUES (?, ?, ?)');
  const one = prepareExactQuery<bigint>(
    db,
    'SELECT billed_nano_usd FROM charge_day WHERE day_ms = ? AND charge_ref = ?',
  ).pluck();
  return {
    write(chargeRef: number | bigint, { dayMs, nanoUsd }: ChargeDay): void {
      insert.run(dayMs, chargeRef, nanoUsd);
    },
    /** Reads the days as they were written, not as they would be computed today. */
    *read({ chargeRef, startMs, endMs }: Version): Generator<ChargeDay> {
      for (let dayMs = dayStartMs(Number(startMs)); dayMs < endMs; dayMs += DAY_MS) {
        const nanoUsd = one.get(dayMs, chargeRef);
        if (nanoUsd !== undefined) yield { dayMs, nanoUsd };
      }
    },
  };
}

/** The row of a charge. Tags are in a fixed order, so that equal tags give equal text. */
export function toChargeFact(charge: Charge): ChargeFact {
  const { period: span, billed, list, effective, quantity, tags, ...others } = charge;
  const { isClassPresumed: _isPresumed, basis: _, original: __, ...more } = others;
  const { invoice: ___, commitment: ____, ...rest } = more;
  return {
    ...rest,
    startMs: span.startMs,
    endMs: span.endMs,
    billedNanoUsd: billed,
    listNanoUsd: list ?? null,
    effectiveNanoUsd: effective ?? null,
    quantityNum: quantity?.num.toString() ?? null,
    quantityDen: quantity?.den.toString() ?? null,
    tagsJson: tags === undefined ? null : toTagsJson(tags),
    withdrawn: false,
    ...toChargeTerms(charge),
  };
}

/** The columns on how the amount came about. Estimates from uptime and price have none. */
function toChargeTerms({ basis, original, invoice, commitment }: Charge) {
  return {
    basis: basis === 'billed' ? basis : 'estimated',
    rebuiltFrom: basis === 'billed' || basis === 'uptime' ? null : basis,
    originalCurrency: original?.currency ?? null,
    originalAmount: original === undefined ? null : plainAmount(original.amount),
    originalList: original?.list === undefined ? null : plainAmount(original.list),
    originalEffective: original?.effective === undefined ? null : plainAmount(original.effective),
    invoiceId: invoice?.id ?? null,
    invoiceIssuedMs: invoice?.issuedMs ?? null,
    commitmentId: commitment?.id ?? null,
    commitmentStatus: commitment?.status ?? null,
  } as const;
}

/** In a fixed order: `{"env":"prod","team":"chat"}`. */
function toTagsJson(tags: Readonly<Record<string, string>>): string {
  const entries = Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(Object.fromEntries(entries));
}

/**
 * The cost of a charge by UTC day, proportional to time and exact to the nano-dollar. $1 for 36
 * hours from midnight is $0.666667 and $0.333333.
 */
export function splitChargeByDay(
  fact: Pick<ChargeFact, 'startMs' | 'endMs' | 'billedNanoUsd'>,
): { dayMs: number; billedNanoUsd: bigint }[] {
  const days = splitByDay(period(fact.startMs, fact.endMs));
  const parts = apportionOverTime(fact.billedNanoUsd, days);
  return days.map((day, at) => ({
    dayMs: dayStartMs(day.startMs),
    billedNanoUsd: parts[at] ?? 0n,
  }));
}
