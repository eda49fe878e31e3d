/** The work log: what was done, fetched and pulled, and which worker may write. */

import { invariant } from '../domain/failure.ts';
import { type Period, period } from '../domain/period.ts';
import {
  type ChangedAmount,
  type FetchesToCount,
  type FetchFailure,
  type FetchTotals,
  readChangedAmounts,
  readFailingSource,
  readFetchFailures,
  readFetchGap,
  readFetchTotals,
  readFirstFetchMs,
  readImportReach,
  readNewestImports,
  type RepeatedFailure,
  type StoredImport,
} from './reads/fetchLog.ts';
import {
  type FetchWarnings,
  readFetchWarnings,
  readReject,
  readRejects,
  type RejectedRow,
  type RejectFilter,
} from './reads/rejects.ts';
import { withLedgerErrors } from './sqliteFailure.ts';
import { getRow, prepareQuery } from './statement.ts';
import { and, asc, eq, gte, lte, type Store } from './store.ts';
import { pulledWindows, workDone, writers } from './tables/work.ts';
import { runImmediately, type RunTransaction, type Transactions } from './transactions.ts';
import { createInserter } from './writes/insert.ts';

/** A line of the timetable is done for a subject, up to and including the due time. */
export interface WorkDone {
  /** The name in the timetable, e.g. `usage` or `quarter`. */
  readonly line: string;
  /** The id of a source, a quarter, or `''` for the whole line. */
  readonly subject: string;
  readonly dueAtMs: number;
  readonly doneAtMs: number;
}

/** Work to mark as done now. */
type WorkToMark = Omit<WorkDone, 'doneAtMs'>;

/** A period for which a source returned all facts of one kind. */
export interface PulledWindow {
  readonly source: string;
  readonly fact: string;
  readonly window: Period;
  /** The time of the last pull of any part. */
  readonly pulledAtMs: number;
}

/** A pull without failures. */
export interface CompletedPull {
  readonly source: string;
  readonly facts: readonly string[];
  readonly window: Period;
}

/** The holder of the write lock. */
export interface WriteLockHolder {
  /** How often the lock was taken, 0 before the first time. */
  readonly token: number;
  /** The name of the worker, `''` before the first time. */
  readonly holder: string;
  readonly takenAtMs: number;
}

/**
 * The write lock. A ledger opened with `fenced` writes only from its `takeWriteLock` until another
 * worker's. Without `fenced` (the commands) it always may.
 */
interface WriteLock {
  /** The same for everyone who opens this file or a copy of it. Other ledgers have other ids. */
  ledgerId(): Promise<string>;
  writeLockHolder(): Promise<WriteLockHolder>;
  /**
   * Takes the lock from any holder. Writes of earlier holders fail with `not-writer` from now on.
   * Returns the new fencing token.
   */
  takeWriteLock(holder: string, nowMs: number): Promise<number>;
  /** Whether no other worker has taken the lock since. */
  holdsWriteLock(): Promise<boolean>;
  /** Stops writing. The lock keeps this worker's token until another worker takes it. */
  releaseWriteLock(): Promise<void>;
}

/** What was fetched and imported, how it ended, and what it changed. */
interface FetchLog {
  /** When the first fetch began. */
  firstFetchMs(): Promise<number | undefined>;
  /**
   * The time in which nothing was fetched, from the end of the last fetch that began by `atMs` to
   * the begin of the next one. `undefined` if there is no such time.
   */
  fetchGap(atMs: number): Promise<Period | undefined>;
  /** The source that failed last among fetches that began in the period, its end included. */
  failingSource(within: Period): Promise<RepeatedFailure | undefined>;
  fetchFailures(fetchRefs: readonly number[]): Promise<readonly FetchFailure[]>;
  /** Counts by source. */
  fetchTotals(chosen: FetchesToCount): Promise<readonly FetchTotals[]>;
  /** The newest imports and undos, newest first. */
  newestImports(): Promise<readonly StoredImport[]>;
  /** By source, the end of the newest imported fact whose import was not undone. */
  importReach(): Promise<ReadonlyMap<string, number>>;
  /** The amounts that these fetches changed last, newest first. */
  changedAmounts(fetchRefs: readonly number[]): Promise<readonly ChangedAmount[]>;
  /** Newest first. */
  rejects(filter: RejectFilter, most: number): Promise<readonly RejectedRow[]>;
  reject(ref: number): Promise<RejectedRow | undefined>;
  /** The latest fetches with warnings, newest first. */
  fetchWarnings(): Promise<readonly FetchWarnings[]>;
}

/**
 * Bookkeeping that only moves forward until it is reset. Repeated or out-of-order calls change
 * nothing. The worker computes its backlog from it after downtime.
 */
export interface WorkLog extends FetchLog, WriteLock {
  /** Returns false if this or a later due time is done already. Nothing changes then. */
  markDone(work: WorkToMark, nowMs: number): Promise<boolean>;
  /** Resets the work of a subject, so that it is done again. */
  resetDone(work: Pick<WorkDone, 'line' | 'subject'>): Promise<void>;
  /** All work done, one row per line and subject, in that order. */
  done(): Promise<readonly WorkDone[]>;
  /**
   * Call it after the whole window was pulled without failures. Adjacent and overlapping windows
   * are merged, so that equal coverage always gives equal rows.
   */
  markPulled(pulled: CompletedPull, nowMs: number): Promise<void>;
  /** By source, fact and start. Windows of one source and fact never touch or overlap. */
  pulledWindows(): Promise<readonly PulledWindow[]>;
}

export function createWorkLog(store: Store, { read, write }: Transactions): WorkLog {
  return {
    done: async () => read(() => readWorkDone(store)),
    pulledWindows: async () => read(() => readPulledWindows(store)),
    markDone: async (done, nowMs) => write(() => markDone(store, done, nowMs)),
    resetDone: async (done) => write(() => resetDone(store, done)),
    markPulled: async (pulled, nowMs) => write(() => markPulled(store, pulled, nowMs)),
    ...createFetchLog(store, read),
    ...createWriteLock(store),
  };
}

function createFetchLog(store: Store, read: RunTransaction): FetchLog {
  return {
    firstFetchMs: async () => read(() => readFirstFetchMs(store)),
    fetchGap: async (atMs) => read(() => readFetchGap(store, atMs)),
    failingSource: async (within) => read(() => readFailingSource(store, within)),
    fetchFailures: async (fetchRefs) => read(() => readFetchFailures(store, fetchRefs)),
    fetchTotals: async (chosen) => read(() => readFetchTotals(store, chosen)),
    newestImports: async () => read(() => readNewestImports(store)),
    importReach: async () => read(() => readImportReach(store)),
    changedAmounts: async (fetchRefs) => read(() => readChangedAmounts(store, fetchRefs)),
    rejects: async (filter, most) => read(() => readRejects(store, filter, most)),
    reject: async (ref) => read(() => readReject(store, ref)),
    fetchWarnings: async () => read(() => readFetchWarnings(store)),
  };
}

/** By line and subject. */
function readWorkDone({ orm }: Store): WorkDone[] {
  return orm.select().from(workDone).orderBy(asc(workDone.line), asc(workDone.subject)).all();
}

/** By source, fact and start. */
function readPulledWindows({ orm }: Store): PulledWindow[] {
  const { sourceId, fact, startMs } = pulledWindows;
  const rows = orm.select().from(pulledWindows).orderBy(asc(sourceId), asc(fact), asc(startMs));
  return rows.all().map((row) => ({
    source: row.sourceId,
    fact: row.fact,
    window: period(row.startMs, row.endMs),
    pulledAtMs: row.pulledAtMs,
  }));
}

const UPSERT_DONE = `
INSERT INTO work_done (line, subject, due_at_ms, done_at_ms) VALUES (?, ?, ?, ?)
ON CONFLICT (line, subject) DO UPDATE
SET due_at_ms = excluded.due_at_ms, done_at_ms = excluded.done_at_ms
WHERE excluded.due_at_ms > work_done.due_at_ms`;

const TOUCHING = `
SELECT min(start_ms), max(end_ms), max(pulled_at_ms) FROM pulled_window
WHERE source_id = :source AND fact = :fact AND start_ms <= :endMs AND end_ms >= :startMs`;

function markDone({ db }: Store, { line, subject, dueAtMs }: WorkToMark, nowMs: number): boolean {
  return db.prepare(UPSERT_DONE).run(line, subject, dueAtMs, nowMs).changes === 1;
}

function resetDone({ orm }: Store, { line, subject }: Pick<WorkDone, 'line' | 'subject'>): void {
  orm
    .delete(workDone)
    .where(and(eq(workDone.line, line), eq(workDone.subject, subject)))
    .run();
}

function markPulled(
  { db, orm }: Store,
  { source, facts, window }: CompletedPull,
  nowMs: number,
): void {
  const selectTouching = prepareQuery<(number | null)[]>(db, TOUCHING).raw();
  const { sourceId, startMs, endMs } = pulledWindows;
  const touches = and(lte(startMs, window.endMs), gte(endMs, window.startMs));
  const insert = createInserter(db, pulledWindows);
  for (const fact of facts) {
    const [first, last, at] = getRow(selectTouching, { source, fact, ...window });
    const ofFact = and(eq(sourceId, source), eq(pulledWindows.fact, fact));
    orm.delete(pulledWindows).where(and(ofFact, touches)).run();
    insert({
      sourceId: source,
      fact,
      startMs: Math.min(window.startMs, first ?? window.startMs),
      endMs: Math.max(window.endMs, last ?? window.endMs),
      pulledAtMs: Math.max(nowMs, at ?? nowMs),
    });
  }
}

function createWriteLock(store: Store): WriteLock {
  return {
    ledgerId: async () => withLedgerErrors(store.path, () => readWriter(store).ledgerId),
    writeLockHolder: async () => {
      const writer = withLedgerErrors(store.path, () => readWriter(store));
      return { token: writer.token, holder: writer.holder, takenAtMs: writer.takenAtMs };
    },
    takeWriteLock: async (holder, nowMs) => {
      const token = runImmediately(store, () => takeLock(store, holder, nowMs));
      if (store.fence !== undefined) store.fence.token = token;
      return token;
    },
    holdsWriteLock: async () =>
      withLedgerErrors(store.path, () => readWriter(store).token === store.fence?.token),
    releaseWriteLock: async () => {
      if (store.fence !== undefined) store.fence.token = undefined;
    },
  };
}

function readWriter({ orm }: Store) {
  const writer = orm.select().from(writers).get();
  invariant(writer !== undefined, 'every ledger has the row of its writer');
  return writer;
}

function takeLock({ db }: Store, holder: string, nowMs: number): number {
  const sql = 'UPDATE writer SET token = token + 1, holder = ?, taken_at_ms = ? RETURNING token';
  return getRow(prepareQuery<number>(db, sql).pluck(), holder, nowMs);
}
