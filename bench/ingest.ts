/**
 * Speed of storing usage with its daily sums, compared with a bare prepared statement into the
 * table of intervals alone.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import type { Located } from '../src/domain/provenance.ts';
import type { UsageRow } from '../src/domain/usage.ts';
import { openLedger } from '../src/ledger/open.ts';
import { settableClock } from '../src/platform/clock.ts';
import type { BenchmarkSize, Measured } from './measured.ts';

interface IngestSize {
  readonly rows: number;
  readonly rounds: number;
}

const SIZES: Readonly<Record<BenchmarkSize, IngestSize>> = {
  full: { rows: 1_000_000, rounds: 3 },
  small: { rows: 20_000, rounds: 1 },
};

const BATCH = 10_000;
const DEPLOYMENTS = 20;
const STEP_MS = 300_000;
const START_MS = Date.UTC(2026, 0, 1);

/**
 * Rows as an import makes them: 20 deployments, 5-minute intervals, one deployment after another.
 */
function batch(from: number, rows: number): Located<UsageRow>[] {
  const each = rows / DEPLOYMENTS;
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

/** CPU of the insert, in milliseconds. */
async function timed(insert: Insert, rows: readonly Located<UsageRow>[]): Promise<number> {
  const before = process.cpuUsage();
  await insert(rows);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/**
 * A ledger with its import begun: the ledger's own method and, on another file, the bare statement.
 */
async function begin(path: string) {
  const ledger = await openLedger(path, { clock: settableClock(START_MS) });
  const start = { sourceId: 'import', kind: 'import.usage', url: 'file:usage.csv' };
  const session = await ledger.facts.beginImport({ ...start, startedAtMs: START_MS });
  return { ledger, session };
}

/**
 * One round on two new files, with alternating batches, so that other load on the machine affects
 * both. Only the inserts are timed, not the making of rows.
 */
async function round(folder: string, rows: number): Promise<{ bareMs: number; oursMs: number }> {
  const ours = await begin(join(folder, 'ours.db'));
  const bare = await begin(join(folder, 'bare.db'));
  await bare.ledger.close();
  const db = new Sqlite(join(folder, 'bare.db'));
  db.pragma('synchronous = NORMAL');
  db.pragma('foreign_keys = ON');
  const insert = bareInsert(db);
  let [bareMs, oursMs] = [0, 0];
  for (let from = 0; from < rows; from += BATCH) {
    const usage = batch(from, rows);
    bareMs += await timed(insert, usage);
    oursMs += await timed((taken) => ours.session.append({ usage: taken }), usage);
  }
  db.close();
  await ours.ledger.close();
  return { bareMs, oursMs };
}

function bareInsert(db: Database): Insert {
  const series = db.prepare('INSERT INTO usage_series VALUES (?, ?, ?, ?)');
  for (let at = 0; at < DEPLOYMENTS; at++) series.run(at, `deployment-${at}`, 'import', STEP_MS);
  const insert = db.prepare(
    `INSERT INTO usage VALUES (${Array(15).fill('?').join(', ')}, NULL, NULL)`,
  );
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

/** The best time of each over several rounds in one process. */
export async function run(size: BenchmarkSize): Promise<Measured[]> {
  const { rows, rounds: count } = SIZES[size];
  const rounds = [];
  for (let at = 0; at < count; at++) {
    const folder = await mkdtemp(join(tmpdir(), 'rentcheck-bench-'));
    try {
      rounds.push(await round(folder, rows));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  const bareMs = Math.min(...rounds.map((one) => one.bareMs));
  const oursMs = Math.min(...rounds.map((one) => one.oursMs));
  const usage = `${rows.toLocaleString('en-US')} usage rows`;
  return [
    {
      name: `ingest ${usage} with their daily sums, of a bare prepared statement`,
      value: bareMs / oursMs,
      reach: 0.6,
      better: 'higher',
    },
  ];
}
