/** The state of each source: its last success, failures, rejected rows and data range. */

import type { WebServices } from '../site.ts';
import { readImportReach } from './imports.ts';
import { type ResultRow, toResultRows } from './rows.ts';

export interface SourceState {
  readonly id: string;
  /** Absent for sources that the config does not list, e.g. imports. */
  readonly kind?: string;
  readonly staleAfterMs?: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Fetches that started and have not ended: they still run, or their worker died. */
  readonly unfinished: number;
  readonly rejects: number;
  readonly lastSuccessMs?: number;
  /** The latest end of a window that was pulled. */
  readonly reachesToMs?: number;
  /** The end of the newest imported fact that counts. */
  readonly importsReachToMs?: number;
  /** Whether every successful fetch was an import of a file. */
  readonly isImported: boolean;
  readonly lastFailure?: LastFailure;
}

/** Reads the current states. Each call queries the ledger. */
export type ReadSourceStates = () => Promise<readonly SourceState[]>;

interface LastFailure {
  readonly atMs: number;
  readonly code: string;
  readonly message: string;
}

/**
 * The sources of the config in its order, then sources that are only in the ledger. Each fetch is
 * counted once and the counts are kept in memory: a ledger has millions of fetches after some
 * years, and pages query it every few seconds.
 */
export function createSourceStates({
  ledger,
  sources,
}: Pick<WebServices, 'ledger' | 'sources'>): ReadSourceStates {
  const counts: FetchCounts = { upTo: 0, open: [], bySource: new Map() };
  const named = new Map(sources.map((source) => [source.id, source]));
  const read = async (): Promise<SourceState[]> => {
    const unfinished = await countFetches(ledger, counts);
    const refs = [...counts.bySource.values()].flatMap(({ failedRef }) => failedRef ?? []);
    const reach = await readImportReach({ ledger });
    const failures = byId(toResultRows(await ledger.query(`${FAILURES} (${refs.join(', ')})`)));
    const ids = new Set([...named.keys(), ...counts.bySource.keys(), ...unfinished.keys()]);
    return [...ids].map((id) => ({
      ...(named.get(id) ?? { id }),
      ...importReach(reach.get(id)),
      ...countsOf(counts.bySource.get(id) ?? NO_FETCHES, unfinished.get(id)),
      ...lastFailureOf(failures.get(id)),
    }));
  };
  // Reads run one after the other: two concurrent reads would count the same fetches twice.
  let before: Promise<unknown> = Promise.resolve();
  return () => {
    const now = before.then(read);
    before = now.catch(() => undefined);
    return now;
  };
}

const FAILURES = `
SELECT source_id AS source, started_at_ms, failure_code, failure_message
FROM fetch WHERE fetch_ref IN`;

function importReach(importsReachToMs: number | undefined) {
  return importsReachToMs === undefined ? {} : { importsReachToMs };
}

/** The counts of ended fetches, plus the rejected rows of unfinished ones. */
function countsOf(
  { succeeded, pulled, failed, rejects, lastSuccessMs, reachesToMs }: EndedFetches,
  open: UnfinishedFetches = { unfinished: 0, rejects: 0 },
) {
  return {
    succeeded,
    isImported: succeeded > 0 && pulled === 0,
    failed,
    unfinished: open.unfinished,
    rejects: rejects + open.rejects,
    ...(lastSuccessMs === undefined ? {} : { lastSuccessMs }),
    ...(reachesToMs === undefined ? {} : { reachesToMs }),
  };
}

function byId(rows: readonly ResultRow[]): Map<string, ResultRow> {
  return new Map(rows.map((row) => [row.text('source') ?? '', row]));
}

function lastFailureOf(row: ResultRow | undefined): { lastFailure?: LastFailure } {
  const atMs = row?.number('started_at_ms');
  if (row === undefined || atMs === undefined) return {};
  const [code, message] = [row.text('failure_code') ?? '', row.text('failure_message') ?? ''];
  return { lastFailure: { atMs, code, message } };
}

/** In order of urgency. */
export type SourceHealth = 'failing' | 'never pulled' | 'stale' | 'ok' | 'imported';

export function computeSourceHealth(source: SourceState, nowMs: number): SourceHealth {
  const { staleAfterMs, lastSuccessMs, lastFailure } = source;
  if (lastFailure !== undefined && lastFailure.atMs > (lastSuccessMs ?? 0)) return 'failing';
  if (staleAfterMs === undefined) return 'imported';
  if (lastSuccessMs === undefined) return 'never pulled';
  return nowMs - lastSuccessMs > staleAfterMs ? 'stale' : 'ok';
}

/** Counts of the ended fetches of a source. An ended fetch never changes. */
export interface EndedFetches {
  readonly succeeded: number;
  /** The part of `succeeded` that was pulled from an API, not imported from a file. */
  readonly pulled: number;
  readonly failed: number;
  readonly rejects: number;
  readonly lastSuccessMs?: number | undefined;
  readonly reachesToMs?: number | undefined;
  /** The fetch number of the newest failure. */
  readonly failedRef?: number | undefined;
}

/** Counts of the fetches of a source that started and have not ended. */
export interface UnfinishedFetches {
  readonly unfinished: number;
  readonly rejects: number;
}

const NO_FETCHES: EndedFetches = { succeeded: 0, pulled: 0, failed: 0, rejects: 0 };

export interface FetchCounts {
  /** The highest fetch number counted so far. Later fetches have higher numbers. */
  upTo: number;
  /** Fetch numbers up to `upTo` that had not ended at the last count. */
  open: readonly number[];
  readonly bySource: Map<string, EndedFetches>;
}

const IS_OPEN = 'failure_code IS NULL AND finished = 0';
/** An undo is not a response of a source. */
const IS_GOOD = "failure_code IS NULL AND finished = 1 AND kind <> 'import.undo'";

/**
 * `+source_id` keeps SQLite from scanning the index of all fetches to group them. An empty list
 * would make it scan the table, so the list always contains 0, which is not a fetch number.
 */
const sqlFor = ({ upTo, open }: FetchCounts) => `
SELECT source_id AS source,
  max(fetch_ref) AS newest_ref,
  sum(${IS_GOOD}) AS succeeded,
  sum(failure_code IS NOT NULL) AS failed,
  sum(${IS_OPEN}) AS unfinished,
  sum(iif(${IS_OPEN}, 0, rejected)) AS rejects,
  sum(iif(${IS_OPEN}, rejected, 0)) AS open_rejects,
  max(iif(${IS_GOOD}, ended_at_ms, NULL)) AS last_success_ms,
  max(iif(${IS_GOOD}, window_end_ms, NULL)) AS reaches_to_ms,
  sum(${IS_GOOD} AND kind NOT LIKE 'import.%' AND kind <> 'ops.add') AS pulled,
  max(iif(failure_code IS NOT NULL, fetch_ref, NULL)) AS failed_ref,
  group_concat(iif(${IS_OPEN}, fetch_ref, NULL)) AS open_refs
FROM fetch
WHERE fetch_ref > ${upTo} OR fetch_ref IN (${[0, ...open].join(', ')})
GROUP BY +source_id`;

/** Adds newly ended fetches to `counts`. Returns the unfinished fetches by source. */
async function countFetches(
  ledger: WebServices['ledger'],
  counts: FetchCounts,
): Promise<Map<string, UnfinishedFetches>> {
  const rows = toResultRows(await ledger.query(sqlFor(counts)));
  const unfinished = new Map<string, UnfinishedFetches>();
  for (const row of rows) {
    const source = row.text('source') ?? '';
    counts.upTo = Math.max(counts.upTo, row.number('newest_ref') ?? 0);
    counts.bySource.set(source, added(counts.bySource.get(source) ?? NO_FETCHES, row));
    const open = row.number('unfinished') ?? 0;
    unfinished.set(source, { unfinished: open, rejects: row.number('open_rejects') ?? 0 });
  }
  counts.open = rows.flatMap((row) => row.text('open_refs')?.split(',').map(Number) ?? []);
  return unfinished;
}

function added(before: EndedFetches, row: ResultRow): EndedFetches {
  return {
    succeeded: before.succeeded + (row.number('succeeded') ?? 0),
    pulled: before.pulled + (row.number('pulled') ?? 0),
    failed: before.failed + (row.number('failed') ?? 0),
    rejects: before.rejects + (row.number('rejects') ?? 0),
    lastSuccessMs: later(before.lastSuccessMs, row.number('last_success_ms')),
    reachesToMs: later(before.reachesToMs, row.number('reaches_to_ms')),
    failedRef: later(before.failedRef, row.number('failed_ref')),
  };
}

function later(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.max(one, other);
}
