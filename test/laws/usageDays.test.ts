/**
 * The daily rollup of usage equals the sum of its intervals, whatever was written in which order.
 */

import type { Database } from 'better-sqlite3';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { invariant } from '../../src/domain/failure.ts';
import { DAY_MS, HOUR_MS, period } from '../../src/domain/period.ts';
import type { UsageRow } from '../../src/domain/usage.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { usageDayFaults } from '../../src/ledger/usageDays.ts';
import { settableClock } from '../../src/platform/clock.ts';
import { fetched, JULY_1, located, rawDatabase, scratchFolder } from '../ledger/ledgerFixture.ts';
import { fileImports } from '../support/fileImports.ts';

const HALF_MS = HOUR_MS / 2;
const DAYS = 3;

const unknown = { nil: undefined };
const counter = fc.option(fc.integer({ min: 0, max: 5 }), unknown);

/** Half an hour to two days: many cross a midnight, many replace others. */
const interval = fc
  .record({
    deployment: fc.constantFrom('chat', 'embed'),
    half: fc.integer({ min: -3, max: DAYS * 48 }),
    halves: fc.constantFrom(1, 1, 2, 3, 96),
    uncachedPromptTokens: fc.integer({ min: 0, max: 5 }),
    cachedPromptTokens: counter,
    outputTokens: fc.integer({ min: 0, max: 5 }),
    requests: counter,
    busyMs: counter,
    replicaMs: counter,
    estimated: fc.option(fc.boolean(), unknown),
  })
  .map(({ half, halves, ...result }) => {
    const startMs = JULY_1 + half * HALF_MS;
    const known = Object.entries(result).filter(([, value]) => value !== undefined);
    const span = period(startMs, startMs + halves * HALF_MS);
    return { ...Object.fromEntries(known), period: span } as Omit<UsageRow, 'sourceId'>;
  });

const intervals = fc.array(interval, { minLength: 1, maxLength: 6 });

/** `late` is recorded before what exists already; `broken` fails at its last row. */
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ pull: intervals, late: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ broken: intervals }) },
  { weight: 3, arbitrary: fc.record({ file: intervals }) },
  { weight: 3, arbitrary: fc.record({ undo: fc.nat(9) }) },
);

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Runs steps in one ledger. */
function liver(ledger: Ledger, clock: ReturnType<typeof settableClock>) {
  const files = fileImports(ledger, clock);
  const pull = (rows: readonly Omit<UsageRow, 'sourceId'>[], atMs: number) => {
    const usage = located(...rows.map((row) => ({ ...row, sourceId: 'prom' })));
    return ledger.facts.append(fetched({ usage }, { sourceId: 'prom' }), atMs);
  };
  const fail = async (rows: readonly Omit<UsageRow, 'sourceId'>[]) => {
    const [first = {}] = rows;
    const far = period(JULY_1 + 90 * DAY_MS, JULY_1 + 90 * DAY_MS + 1);
    const broken = { ...first, period: far, outputTokens: -1 } as UsageRow;
    const failed = pull([...rows, broken], clock.nowMs()).then(
      () => undefined,
      (error: unknown) => error,
    );
    invariant(String(await failed).includes('CHECK'), 'a row below zero is no row');
  };
  return async (taken: Step): Promise<void> => {
    clock.set(clock.nowMs() + 10);
    if ('pull' in taken) await pull(taken.pull, clock.nowMs() - (taken.late ? 25 : 0));
    else if ('file' in taken) {
      const usage = located(...taken.file.map((row) => ({ ...row, sourceId: 'import' })));
      const start = { sourceId: 'import', kind: 'import.usage', url: 'file:u.csv' };
      await files.takeIn(start, { usage });
    } else if ('broken' in taken) await fail(taken.broken);
    else await files.undo(taken.undo);
  };
}

type Row = Readonly<Record<string, bigint | string | null>>;

const FACTS =
  'SELECT * FROM usage JOIN usage_series USING (series_ref) ORDER BY recorded_at_ms, version';

/** By definition, and slowly: the newest version of each interval, summed by its first day. */
function byDefinition(db: Database): string[] {
  const newest = new Map<string, Row>();
  for (const row of db.prepare(FACTS).all() as Row[]) {
    newest.set(`${row['series_ref']} ${row['start_ms']}`, row);
  }
  const standing = [...newest.values()].filter((row) => row['withdrawn'] === 0n);
  const days = Map.groupBy(standing, (row) => {
    const day = new Date(Number(row['start_ms'])).toISOString().slice(0, 10);
    return [day, row['deployment'], row['source_id']].join(' ');
  });
  return [...days].map(([key, rows]) => `${key} ${totalsOf(rows).join(' ')}`).sort();
}

function totalsOf(rows: readonly Row[]): (bigint | number | null)[] {
  const known = (name: string) =>
    rows.flatMap((row) => (row[name] === null ? [] : [row[name] as bigint]));
  const sum = (name: string) => {
    const values = known(name);
    return values.length === 0 ? null : values.reduce((all, value) => all + value, 0n);
  };
  const prompt = (sum('uncached_prompt_tokens') ?? 0n) + (sum('cached_prompt_tokens') ?? 0n);
  const output = sum('output_tokens') ?? 0n;
  const hours = (ms: bigint | null) => (ms === null ? null : Number(ms) / HOUR_MS);
  const [busyMs, replicaMs] = [sum('busy_ms'), sum('replica_ms')];
  return [
    prompt,
    sum('cached_prompt_tokens'),
    output,
    prompt + output,
    sum('requests'),
    hours(busyMs),
    hours(replicaMs),
    busyMs,
    replicaMs,
    rows.length,
    known('cached_prompt_tokens').length,
    known('requests').length,
    known('busy_ms').length,
    known('replica_ms').length,
    sum('estimated'),
  ];
}

function viewed(db: Database): string[] {
  const rows = db.prepare('SELECT * FROM usage_by_day').raw().all() as unknown[][];
  return rows.map((row) => row.join(' ')).sort();
}

test('after any pulls, files, undos and failures the days are what intervals sum to', async () => {
  const folder = await scratchFolder();
  let lives = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 10 }), async (steps) => {
      lives += 1;
      const clock = settableClock(JULY_1);
      const path = `${folder}/${lives}.db`;
      const ledger = await openLedger(path, { clock });
      const db = rawDatabase(path).defaultSafeIntegers(true);
      const live = liver(ledger, clock);
      for (const taken of steps) {
        await live(taken);
        expect(viewed(db)).toEqual(byDefinition(db));
        expect([...usageDayFaults(db)]).toEqual([]);
      }
      await ledger.close();
    }),
    { numRuns: 40 },
  );
  expect(lives).toBeGreaterThan(0);
});
