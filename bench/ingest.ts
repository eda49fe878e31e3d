/** Knows how fast usage goes in: the ledger's own door against a bare prepared statement, same table. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import type { Located } from '../src/domain/provenance.ts';
import type { UsageRow } from '../src/domain/usage.ts';
import { openLedger } from '../src/ledger/open.ts';
import { settableClock } from '../src/platform/clock.ts';
import type { Measured } from './measured.ts';

const ROWS = 1_000_000;
const BATCH = 10_000;
const DEPLOYMENTS = 20;
const ROUNDS = 3;
const STEP_MS = 300_000;
const START_MS = Date.UTC(2026, 0, 1);

/** Rows as an import makes them: 20 deployments, 5-minute intervals, one deployment after another. */
function batch(from: number): Located<UsageRow>[] {
  const each = ROWS / DEPLOYMENTS;
  return Array.from({ length: BATCH }, (_, offset) => {
    const at = from + offset;
    const startMs = START_MS + (at % each) * STEP_MS;
    const fact: UsageRow = {
      sourceId: 'import',
      deployment: `deployment-${Math.floor(at / each)}`,
      period: { startMs, endMs: startMs + STEP_MS },
      uncachedPromptTokens: 100_000 + (at % 9_973),
      cachedPromptTokens: 20_000 + (at % 997),
      outputTokens: 30_000 + (at % 4_999),
      requests: 40 + (at % 17),
      busyMs: 200_000 + (at % 1_009),
      replicaMs: STEP_MS,
    };
    return { position: at + 2, fact };
  });
}

type Insert = (rows: readonly Located<UsageRow>[]) => unknown;

/** Milliseconds spent inside `insert` alone; making the rows is not counted. */
async function timed(insert: Insert): Promise<number> {
  let spentMs = 0;
  for (let from = 0; from < ROWS; from += BATCH) {
    const rows = batch(from);
    const beganMs = performance.now();
    await insert(rows);
    spentMs += performance.now() - beganMs;
  }
  return spentMs;
}

async function throughTheLedger(path: string): Promise<number> {
  const ledger = await openLedger(path, { clock: settableClock(START_MS) });
  const start = { sourceId: 'import', kind: 'import.usage', url: 'file:usage.csv' };
  const session = await ledger.beginImport({ ...start, startedAtMs: START_MS });
  const spentMs = await timed((usage) => session.append({ usage }));
  await ledger.close();
  return spentMs;
}

async function byBareStatement(path: string): Promise<number> {
  const ledger = await openLedger(path, { clock: settableClock(START_MS) });
  const start = { sourceId: 'import', kind: 'import.usage', url: 'file:usage.csv' };
  await ledger.beginImport({ ...start, startedAtMs: START_MS });
  await ledger.close();
  const db = new Sqlite(path);
  db.pragma('synchronous = NORMAL');
  db.pragma('foreign_keys = ON');
  const spentMs = await timed(bareInsert(db));
  db.close();
  return spentMs;
}

function bareInsert(db: Database): Insert {
  const series = db.prepare('INSERT INTO usage_series VALUES (?, ?, ?, ?)');
  for (let at = 0; at < DEPLOYMENTS; at++) series.run(at, `deployment-${at}`, 'import', STEP_MS);
  const insert = db.prepare(`INSERT INTO usage VALUES (${Array(15).fill('?').join(', ')})`);
  return db.transaction((rows: readonly Located<UsageRow>[]) => {
    for (const { position, fact } of rows) {
      const series = Number(fact.deployment.slice('deployment-'.length));
      insert.run(
        series,
        fact.period.startMs,
        1,
        fact.period.endMs,
        fact.uncachedPromptTokens,
        fact.cachedPromptTokens ?? null,
        fact.outputTokens,
        fact.requests ?? null,
        fact.busyMs ?? null,
        fact.replicaMs ?? null,
        0,
        0,
        START_MS,
        1,
        position,
      );
    }
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Both ways in turn, several rounds in one process; the medians are compared. */
export async function run(): Promise<Measured[]> {
  const folder = await mkdtemp(join(tmpdir(), 'rentcheck-bench-'));
  const bare: number[] = [];
  const ours: number[] = [];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      bare.push(await byBareStatement(join(folder, `bare-${round}.db`)));
      ours.push(await throughTheLedger(join(folder, `ours-${round}.db`)));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return [
    {
      name: 'ingest 1M usage rows, of a bare prepared statement',
      value: median(bare) / median(ours),
      reach: 0.7,
      better: 'higher',
    },
  ];
}
