/** Spend by day and charges of a window follow from the versions, in whatever order they came. */

import type { Database } from 'better-sqlite3';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Charge } from '../../src/domain/charge.ts';
import { invariant } from '../../src/domain/failure.ts';
import { DAY_MS, HOUR_MS, period } from '../../src/domain/period.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { spendDayFaults } from '../../src/ledger/spendDays.ts';
import { settableClock } from '../../src/platform/clock.ts';
import {
  charge,
  EVER,
  fetched,
  JULY_1,
  located,
  rawDatabase,
  scratchFolder,
} from '../ledger/ledgerFixture.ts';
import { fileImports } from '../support/fileImports.ts';

const SOURCE = 'runpod';
/** Hours to months: some cross midnights, some contain all of the others. */
const LENGTHS = [1, 1, 5, 24, 25, 24 * 40];

/** Few keys and few resources, so that most are restated: with another time or another name. */
const line = fc
  .record({
    key: fc.constantFrom('a', 'b', 'c', 'd'),
    resource: fc.constantFrom('pod', "p'o\u0000d", 'po'),
    name: fc.option(fc.constantFrom('', 'chat', 'embed', 'd'), { nil: undefined }),
    hour: fc.integer({ min: -30, max: 80 }),
    hours: fc.constantFrom(...LENGTHS),
    usd: fc.integer({ min: -3, max: 9 }),
    category: fc.constantFrom('compute', 'compute', 'storage'),
  })
  .map(({ key, resource, name, hour, hours, usd, category }): Charge => {
    const startMs = JULY_1 + hour * HOUR_MS;
    return charge(`pod/${key}`, usd * 1_000_001, {
      resourceId: resource,
      category,
      period: period(startMs, startMs + hours * HOUR_MS),
      ...(name === undefined ? {} : { resourceName: name }),
    });
  });

const lines = fc.uniqueArray(line, { minLength: 1, maxLength: 4, selector: ({ key }) => key });

/** `late` is recorded before what exists; what a `complete` answer lacks is withdrawn. */
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ pull: lines, late: fc.boolean(), all: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ broken: lines }) },
  { weight: 3, arbitrary: fc.record({ file: lines }) },
  { weight: 3, arbitrary: fc.record({ undo: fc.nat(9) }) },
);

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Runs steps in one ledger. */
function liver(ledger: Ledger, clock: ReturnType<typeof settableClock>) {
  const files = fileImports(ledger, clock);
  const pull = (charges: readonly Charge[], atMs: number, all = false) => {
    const whole = { completeFor: { keyPrefix: 'pod/', window: EVER } };
    const brought = { charges: located(...charges), ...(all ? whole : {}) };
    return ledger.facts.append(fetched(brought), atMs, { confirmWithdrawal: true });
  };
  const fail = async (charges: readonly Charge[]) => {
    const broken = charge('pod/never', 1, { period: { startMs: 5, endMs: 5 } });
    const failed = pull([...charges, broken], clock.nowMs()).catch((error: unknown) => error);
    invariant(String(await failed).includes('CHECK'), 'a charge without time is no charge');
  };
  return async (taken: Step): Promise<void> => {
    clock.set(clock.nowMs() + 10);
    const nowMs = clock.nowMs();
    if ('pull' in taken) await pull(taken.pull, nowMs - (taken.late ? 25 : 0), taken.all);
    else if ('file' in taken) {
      const start = { sourceId: SOURCE, kind: 'import.charges', url: 'file:c.csv' };
      await files.takeIn(start, { charges: located(...taken.file) });
    } else if ('broken' in taken) await fail(taken.broken);
    else await files.undo(taken.undo);
  };
}

interface Version {
  readonly charge_ref: bigint;
  readonly charge_key: string;
  readonly resource_id: string;
  readonly resource_name: string | null;
  readonly category: string;
  readonly start_ms: bigint;
  readonly end_ms: bigint;
  readonly withdrawn: bigint;
}

/** By definition: the newest version of each key that was recorded by then. */
function inForce(db: Database, asOfMs: number): Version[] {
  const rows = db
    .prepare('SELECT * FROM charge WHERE recorded_at_ms <= ? ORDER BY recorded_at_ms, version')
    .safeIntegers()
    .all(asOfMs) as Version[];
  const newest = new Map(rows.map((row) => [row.charge_key, row]));
  return [...newest.values()].filter((row) => row.withdrawn === 0n);
}

/** By definition, and slowly: the days of the charges in force, and the last name of each. */
function spendByDefinition(db: Database): string[] {
  const days = db.prepare('SELECT day_ms, billed_nano_usd FROM charge_day WHERE charge_ref = ?');
  const sums = new Map<string, { nano: bigint; name: string | null; namedMs: bigint }>();
  for (const row of inForce(db, Number.MAX_SAFE_INTEGER)) {
    for (const [dayMs, nano] of days.raw().safeIntegers().all(row.charge_ref) as bigint[][]) {
      const day = new Date(Number(dayMs)).toISOString().slice(0, 10);
      const key = JSON.stringify([day, row.resource_id, row.category]);
      const sum = sums.get(key) ?? { nano: 0n, name: null, namedMs: -1n };
      sum.nano += nano ?? 0n;
      const name = row.resource_name;
      const isLater = row.start_ms > sum.namedMs;
      const isTie = row.start_ms === sum.namedMs && (name ?? '') > (sum.name ?? '');
      if (name !== null && (isLater || isTie)) Object.assign(sum, { name, namedMs: row.start_ms });
      sums.set(key, sum);
    }
  }
  return [...sums].map(([key, { nano, name }]) => `${key} ${name} ${nano}`).sort();
}

async function spendAsViewed(ledger: Ledger): Promise<string[]> {
  const { rows } = await ledger.query(
    'SELECT day, resource_id, category, resource_name, spend_nano_usd FROM spend_by_day',
  );
  return rows
    .map(
      ([day, id, category, name, nano]) => `${JSON.stringify([day, id, category])} ${name} ${nano}`,
    )
    .sort();
}

/**
 * As of a few times, in windows of a day and of a week: none is left out, none is counted twice.
 */
async function expectCharges(ledger: Ledger, db: Database, nowMs: number): Promise<void> {
  for (const [fromDay, days, backMs] of [
    [0, 1, 0],
    [1, 7, 12],
    [-1, 90, 31],
    [30, 1, 0],
  ] as const) {
    const asOfMs = nowMs - backMs;
    const startMs = JULY_1 + fromDay * DAY_MS;
    const window = period(startMs, startMs + days * DAY_MS);
    const found = (await ledger.facts.charges(window, asOfMs)).map(({ key }) => key);
    const expected = inForce(db, asOfMs)
      .filter((row) => row.start_ms < window.endMs && row.end_ms > window.startMs)
      .map((row) => row.charge_key);
    expect(found.toSorted()).toEqual(expected.toSorted());
  }
}

test('after any pulls, imports, withdrawals and undos the rollup is its charges', async () => {
  const folder = await scratchFolder();
  let lives = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 9 }), async (steps) => {
      lives += 1;
      const path = `${folder}/${lives}.db`;
      const clock = settableClock(JULY_1);
      const ledger = await openLedger(path, { clock });
      const db = rawDatabase(path);
      const live = liver(ledger, clock);
      for (const taken of steps) {
        await live(taken);
        expect(await spendAsViewed(ledger)).toEqual(spendByDefinition(db));
        expect([...spendDayFaults(db)]).toEqual([]);
        await expectCharges(ledger, db, clock.nowMs());
      }
      db.close();
      await ledger.close();
    }),
    { numRuns: 60 },
  );
});
