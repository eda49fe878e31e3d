/** The daily rollup of spend: maintained with the charges, and checked against them. */

import Sqlite, { type Database } from 'better-sqlite3';
import { Failure, invariant } from '../domain/failure.ts';
import type { DaySum } from '../domain/ledgerFaults.ts';
import { dayText } from '../domain/period.ts';
import { getRow, prepareExactQuery, prepareQuery } from './statement.ts';
import { type LedgerFault, nanoText } from './checks/check.ts';

/** The columns that distinguish the rows of a day. */
export interface SpendGroup {
  readonly sourceId: string;
  readonly resourceId: string;
  readonly category: string;
  readonly pricingClass: string;
  readonly resourceName: string | null;
}

/** Sums the changes of writes by day and group until they are rolled up. */
export interface SpendRollup {
  /** Adds a charge to a day (1), or removes it (-1). */
  count(group: SpendGroup, day: ChargeDay, by: 1 | -1): void;
  /** Drops the changes of an earlier, unfinished transaction. */
  begin(): void;
  /**
   * Updates the rollup. Call it in the writing transaction.
   * @throws {Failure} `malformed` if a day's sum exceeds 64 bits.
   */
  roll(): void;
}

export interface ChargeDay {
  readonly dayMs: number;
  readonly nanoUsd: bigint;
}

interface Change {
  readonly group: SpendGroup;
  readonly dayMs: number;
  nanoUsd: bigint;
  charges: number;
}

const ADD = `
INSERT INTO spend_day VALUES (date(:dayMs / 1000, 'unixepoch'), :dayMs, :sourceId, :resourceId,
  :category, :pricingClass, :named, :resourceName, :nanoUsd, :charges)
ON CONFLICT DO UPDATE SET billed_nano_usd = billed_nano_usd + excluded.billed_nano_usd,
  charges = charges + excluded.charges`;

const ROW = `
WHERE day = date(:dayMs / 1000, 'unixepoch') AND source_id = :sourceId
  AND resource_id = :resourceId AND category = :category AND pricing_class = :pricingClass
  AND named = :named AND resource_name = :resourceName`;

/** The table rejects a row without charges, so its last charge must use `DELETE`. */
const CHANGE = `
UPDATE spend_day SET billed_nano_usd = billed_nano_usd + :nanoUsd, charges = charges + :charges
${ROW}`;

const FORGET = `DELETE FROM spend_day ${ROW} AND charges = -:charges`;

/** Applies only the changes, so that adding a charge never reads the other charges of its day. */
export function createSpendRollup(db: Database): SpendRollup {
  const statements = { add: db.prepare(ADD), change: db.prepare(CHANGE), drop: db.prepare(FORGET) };
  // By resource and day, which leaves short lists.
  const changes = new Map<string, Map<number, Change[]>>();
  const changeOf = (group: SpendGroup, dayMs: number): Change => {
    let days = changes.get(group.resourceId);
    if (days === undefined) changes.set(group.resourceId, (days = new Map<number, Change[]>()));
    let sameDay = days.get(dayMs);
    if (sameDay === undefined) days.set(dayMs, (sameDay = []));
    const found = sameDay.find((change) => isSame(change.group, group));
    if (found !== undefined) return found;
    const change = { group, dayMs, nanoUsd: 0n, charges: 0 };
    sameDay.push(change);
    return change;
  };
  return {
    count(group, { dayMs, nanoUsd }, by) {
      const change = changeOf(group, dayMs);
      change.nanoUsd += by === 1 ? nanoUsd : -nanoUsd;
      change.charges += by;
    },
    begin: () => changes.clear(),
    roll() {
      for (const days of changes.values()) {
        for (const change of [...days.values()].flat()) {
          checkOverflow(change, () => apply(statements, change));
        }
      }
      changes.clear();
    },
  };
}

function isSame(a: SpendGroup, b: SpendGroup): boolean {
  return (
    a.category === b.category &&
    a.resourceName === b.resourceName &&
    a.pricingClass === b.pricingClass &&
    a.sourceId === b.sourceId
  );
}

type Statements = Readonly<Record<'add' | 'change' | 'drop', Sqlite.Statement>>;

function apply({ add, change, drop }: Statements, { group, dayMs, nanoUsd, charges }: Change) {
  const { resourceName, ...rest } = group;
  const name = { named: Number(resourceName !== null), resourceName: resourceName ?? '' };
  const row = { ...rest, ...name, dayMs: BigInt(dayMs), nanoUsd, charges };
  if (charges > 0) return void add.run(row);
  if (charges === 0 && nanoUsd === 0n) return;
  const { nanoUsd: _nothing, ...all } = row;
  if (charges < 0 && drop.run(all).changes === 1) return;
  invariant(change.run(row).changes === 1, 'only what was counted is taken back');
}

function checkOverflow({ group, dayMs }: Change, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!isOverflow(error)) throw error;
    const { sourceId, resourceId } = group;
    throw new Failure(
      'malformed',
      `the charges of ${resourceId} of ${sourceId} on ${dayText(dayMs)} add up to more ` +
        'than the ledger can store',
      { cause: error, hint: 'check the amounts and their currency' },
    );
  }
}

/** SQLite's error for a sum that is too large, and the driver's for a summand. */
function isOverflow(error: unknown): boolean {
  if (error instanceof Sqlite.SqliteError) {
    return error.message.startsWith('cannot store REAL value');
  }
  return error instanceof RangeError && error.message.endsWith('bigint is too big');
}

const GROUP = 'day_ms, source_id, resource_id, category, pricing_class, named, resource_name';

const KEPT = `SELECT ${GROUP}, billed_nano_usd AS nano, charges FROM spend_day WHERE day = :day`;

const SUMMED = `
SELECT d.day_ms, c.source_id, c.resource_id, c.category, c.pricing_class,
  c.resource_name IS NOT NULL AS named, coalesce(c.resource_name, '') AS resource_name,
  sum(d.billed_nano_usd) AS nano, count(*) AS charges
FROM charge_day d
JOIN charge c ON c.charge_ref = d.charge_ref
WHERE d.day_ms = unixepoch(:day) * 1000 AND c.withdrawn = 0 AND NOT EXISTS (
  SELECT 1 FROM charge n
  WHERE n.source_id = c.source_id AND n.charge_key = c.charge_key
    AND (n.recorded_at_ms, n.version) > (c.recorded_at_ms, c.version)
)
GROUP BY 1, 2, 3, 4, 5, 6, 7`;

const DIFFERENCES = `
SELECT source_id AS sourceId, resource_id AS resourceId, category, pricing_class AS pricingClass,
  k.nano AS keptNano, k.charges AS keptCharges, s.nano AS nano, s.charges AS charges
FROM (${KEPT}) k FULL JOIN (${SUMMED}) s USING (${GROUP})
WHERE k.nano IS NOT s.nano OR k.charges IS NOT s.charges
ORDER BY 1, 2, 3, 4`;

interface Difference {
  readonly sourceId: string;
  readonly resourceId: string;
  readonly category: string;
  readonly pricingClass: string;
  readonly keptNano: bigint | null;
  readonly keptCharges: bigint | null;
  readonly nano: bigint | null;
  readonly charges: bigint | null;
}

const NEXT = `
SELECT min(day) FROM (
  SELECT min(day) AS day FROM spend_day WHERE day > :day
  UNION ALL
  SELECT date(min(day_ms) / 1000, 'unixepoch') FROM charge_day
  WHERE day_ms > coalesce(unixepoch(:day) * 1000, -9223372036854775808))`;

/** Compares the rollup with the charges, day by day. */
export function* spendDayFaults(db: Database): Generator<LedgerFault> {
  const next = prepareQuery<string | null>(db, NEXT).pluck();
  const differences = prepareExactQuery<Difference>(db, DIFFERENCES);
  const after = (day: string) => getRow(next, { day });
  for (let day = after(''); day !== null; day = after(day)) {
    for (const row of differences.all({ day })) yield toFault(day, row);
  }
}

function toFault(day: string, row: Difference): LedgerFault {
  const { sourceId, resourceId, category, pricingClass } = row;
  const key = `${day}, ${category} of "${resourceId}" of ${sourceId}, ${pricingClass}`;
  const held = toDaySum(row.keptNano, row.keptCharges);
  const given = toDaySum(row.nano, row.charges);
  const sides = { ...(held && { held }), ...(given && { given }) };
  return { table: 'spend_day', key, wrong: { code: 'spend-day-differs', ...sides } };
}

function toDaySum(nano: bigint | null, charges: bigint | null): DaySum | undefined {
  return nano === null ? undefined : { usd: nanoText(nano), charges: Number(charges) };
}
