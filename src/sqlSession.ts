/** Opens the ledger of a configuration for a person's SQL, and bounds what a statement may take. */

import { type ChildProcess, fork } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SqlLimits, SqlSession } from './cli/command.ts';
import { type LoadTools, loadConfig } from './config/load.ts';
import { counted } from './domain/counted.ts';
import { Failure } from './domain/failure.ts';
import { heardError, type ToldError, toldError } from './domain/toldError.ts';
import type { Clock } from './platform/clock.ts';
import type { Question, RowBatch } from './ledger/reads/query.ts';

/** What the process for SQL is asked. */
export interface SqlQuestion {
  readonly path: string;
  readonly question: Question | undefined;
  /** Above so much memory it ends. */
  readonly mostBytes: number;
}

/** What it says. */
export interface SqlWord {
  readonly batch?: RowBatch;
  readonly isOver?: true;
  readonly failed?: ToldError;
}

const CHILD = fileURLToPath(new URL('sqlChild.js', import.meta.url));

/** A statement sorts on disk and streams its rows: what needs more holds a monster in a cell. */
const MOST_BYTES = 1_000_000_000;

/** @throws {Failure} `config`. */
export async function openSql(
  configPath: string,
  { sqlHere, clock, ...surroundings }: Surroundings,
): Promise<SqlSession> {
  const { ledger } = await loadConfig(configPath, surroundings);
  const path = resolve(ledger);
  return {
    ask: (sql, limits) =>
      sqlHere ? answeredHere(path, sql, limits) : answered({ path, clock }, sql, limits),
  };
}

interface Surroundings extends Pick<LoadTools, 'env' | 'folder'> {
  readonly clock: Clock;
  /** Whether the statement runs in this very process, without limits of time and memory. */
  readonly sqlHere: boolean;
}

async function* answeredHere(
  path: string,
  sql: string | undefined,
  { maxRows }: SqlLimits,
): AsyncGenerator<RowBatch> {
  const { openForQueries } = await import('./ledger/queries.ts');
  const queries = openForQueries(path);
  try {
    yield* queries.ask(sql === undefined ? undefined : { sql, maxRows });
  } finally {
    queries.close();
  }
}

/**
 * The batches of an answer. The statement runs in a process of its own, for SQLite cannot be
 * interrupted from the thread that it runs on.
 * @throws {Failure} as a ledger that is opened for reading and a statement do; `timeout`,
 *   `too-large` where a limit was reached.
 */
async function* answered(
  { path, clock }: { readonly path: string; readonly clock: Clock },
  sql: string | undefined,
  { maxRows, timeoutMs }: SqlLimits,
): AsyncGenerator<RowBatch> {
  const child = fork(CHILD, { serialization: 'advanced', execArgv: [] });
  const listen = listenTo(child);
  try {
    const question = sql === undefined ? undefined : { sql, maxRows };
    child.send({ path, question, mostBytes: MOST_BYTES } satisfies SqlQuestion);
    let leftMs = timeoutMs;
    let told = 0;
    for (;;) {
      const beganMs = clock.nowMs();
      const word = await listen(leftMs);
      // Only the statement's own time counts, not that of whoever reads.
      leftMs -= clock.nowMs() - beganMs;
      if (word === 'late') throw tooSlow(timeoutMs, told);
      if (word.isOver === true) return;
      if (word.batch === undefined) throw heardError(word.failed ?? NO_ANSWER);
      told += word.batch.rows.length;
      yield word.batch;
      child.send('next');
    }
  } finally {
    child.kill('SIGKILL');
  }
}

/** The child's next word, or that it did not come in time; each call waits for one. */
function listenTo(child: ChildProcess) {
  const words: SqlWord[] = [];
  let heard = () => {};
  const note = (word: SqlWord) => {
    words.push(word);
    heard();
  };
  child.on('message', (word) => note(word as SqlWord));
  child.on('error', (error) => note({ failed: toldError(error) }));
  child.on('exit', (_code, signal) =>
    note({ failed: signal === 'SIGKILL' ? TOO_MUCH : NO_ANSWER }),
  );
  return async (withinMs: number): Promise<SqlWord | 'late'> => {
    const { promise, resolve: over } = Promise.withResolvers<'late' | undefined>();
    heard = () => over(undefined);
    const isLimited = Number.isFinite(withinMs);
    const timer = isLimited ? setTimeout(() => over('late'), Math.max(0, withinMs)) : undefined;
    if (words.length > 0) over(undefined);
    const late = await promise;
    clearTimeout(timer);
    return words.shift() ?? late ?? 'late';
  };
}

const NO_ANSWER: ToldError = {
  bug: 'BrokenInvariant',
  message: 'the SQL process ended without an answer',
};

/** It ended itself, or the machine ran out of memory. */
const TOO_MUCH: ToldError = {
  code: 'too-large',
  message: 'the statement used more than 1 GB of memory and was stopped',
  expected: 'rows of ordinary size',
  hint: 'select fewer or shorter columns, or a part of a value: substr(value, 1, 1000)',
};

function tooSlow(timeoutMs: number, told: number): Failure {
  const seconds = counted(timeoutMs / 1000, 'second');
  const rows = told === 0 ? '' : `, after ${counted(told, 'row')}`;
  return new Failure(
    'timeout',
    `the statement took longer than ${seconds} and was stopped${rows}`,
    {
      expected: 'a statement that finishes in time',
      hint: 'select fewer days or rows, or allow more time: --timeout 600 (0: no limit)',
    },
  );
}
