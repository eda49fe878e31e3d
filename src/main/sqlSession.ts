/** Runs a user's SQL statements on the ledger, with limits on time and memory. */

import { type ChildProcess, fork } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SqlLimits, SqlSession } from '../cli/command.ts';
import { type LoadTools, loadConfig } from '../config/load.ts';
import { formatCount } from '../domain/figures.ts';
import {
  deserializeError,
  Failure,
  type SerializedError,
  serializeError,
} from '../domain/failure.ts';
import type { Clock } from '../platform/clock.ts';
import type { RowBatch, SqlQuery } from '../ledger/queries.ts';

/** Request to the SQL child process. */
export interface SqlRequest {
  readonly path: string;
  readonly question: SqlQuery | undefined;
  /** Memory limit in bytes; above it the process is killed. */
  readonly mostBytes: number;
}

/** Message from the SQL child process. */
export interface SqlReply {
  readonly batch?: RowBatch;
  readonly isOver?: true;
  readonly failed?: SerializedError;
}

const CHILD = fileURLToPath(new URL('sqlChild.js', import.meta.url));

/** Sorting uses the disk and rows are streamed, so only a huge cell needs more memory. */
const MAX_BYTES = 1_000_000_000;

/**
 * Opens a session on the ledger that the config names.
 * @throws {Failure} `config`.
 */
export async function openSql(
  configPath: string,
  { sqlHere, clock, ...environment }: SqlEnvironment,
): Promise<SqlSession> {
  const { ledger } = await loadConfig(configPath, environment);
  const path = resolve(ledger);
  return {
    query: (sql, limits) =>
      sqlHere ? runInProcess(path, sql, limits) : runInChild({ path, clock }, sql, limits),
  };
}

interface SqlEnvironment extends Pick<LoadTools, 'env' | 'folder'> {
  readonly clock: Clock;
  /** True to run the statement in this process, without limits on time and memory. */
  readonly sqlHere: boolean;
}

async function* runInProcess(
  path: string,
  sql: string | undefined,
  { maxRows }: SqlLimits,
): AsyncGenerator<RowBatch> {
  const { openForQueries } = await import('../ledger/queries.ts');
  const queries = openForQueries(path);
  try {
    yield* queries.batches(sql === undefined ? undefined : { sql, maxRows });
  } finally {
    queries.close();
  }
}

/**
 * Yields the batches of the result. The statement runs in its own process, because SQLite cannot be
 * interrupted from its own thread.
 * @throws {Failure} like opening a ledger read-only and like a bad statement; `timeout` or
 * `too-large` at a limit.
 */
async function* runInChild(
  { path, clock }: { readonly path: string; readonly clock: Clock },
  sql: string | undefined,
  { maxRows, timeoutMs }: SqlLimits,
): AsyncGenerator<RowBatch> {
  const child = fork(CHILD, { serialization: 'advanced', execArgv: [] });
  const listen = messagesFrom(child);
  try {
    const question = sql === undefined ? undefined : { sql, maxRows };
    child.send({ path, question, mostBytes: MAX_BYTES } satisfies SqlRequest);
    let leftMs = timeoutMs;
    let rowCount = 0;
    for (;;) {
      const beganMs = clock.nowMs();
      const message = await listen(leftMs);
      // Only the statement's own time counts, not the time that the reader takes.
      leftMs -= clock.nowMs() - beganMs;
      if (message === 'late') throw tooSlow(timeoutMs, rowCount);
      if (message.isOver === true) return;
      if (message.batch === undefined) throw deserializeError(message.failed ?? NO_RESULT);
      rowCount += message.batch.rows.length;
      yield message.batch;
      child.send('next');
    }
  } finally {
    child.kill('SIGKILL');
  }
}

/** Returns a function that waits for the child's next message; `late` if none arrives in time. */
function messagesFrom(child: ChildProcess) {
  const messages: SqlReply[] = [];
  let wake = () => {};
  const add = (message: SqlReply) => {
    messages.push(message);
    wake();
  };
  child.on('message', (message) => add(message as SqlReply));
  child.on('error', (error) => add({ failed: serializeError(error) }));
  child.on('exit', (_code, signal) =>
    add({ failed: signal === 'SIGKILL' ? TOO_LARGE : NO_RESULT }),
  );
  return async (withinMs: number): Promise<SqlReply | 'late'> => {
    const { promise, resolve: settle } = Promise.withResolvers<'late' | undefined>();
    wake = () => settle(undefined);
    const isLimited = Number.isFinite(withinMs);
    const timer = isLimited ? setTimeout(() => settle('late'), Math.max(0, withinMs)) : undefined;
    if (messages.length > 0) settle(undefined);
    const late = await promise;
    clearTimeout(timer);
    return messages.shift() ?? late ?? 'late';
  };
}

const NO_RESULT: SerializedError = {
  bug: 'BrokenInvariant',
  message: 'the SQL process ended without an answer',
};

/** The watchdog or the operating system killed the process for its memory. */
const TOO_LARGE: SerializedError = {
  code: 'too-large',
  message: 'the statement used more than 1 GB of memory and was stopped',
  expected: 'rows of ordinary size',
  hint: 'select fewer or shorter columns, or a part of a value: substr(value, 1, 1000)',
};

function tooSlow(timeoutMs: number, rowCount: number): Failure {
  const seconds = formatCount(timeoutMs / 1000, 'second');
  const rows = rowCount === 0 ? '' : `, after ${formatCount(rowCount, 'row')}`;
  return new Failure(
    'timeout',
    `the statement took longer than ${seconds} and was stopped${rows}`,
    {
      expected: 'a statement that finishes in time',
      hint: 'select fewer days or rows, or allow more time: --timeout 600 (0: no limit)',
    },
  );
}
