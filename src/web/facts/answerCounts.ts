/** Counts the fetches of each source incrementally: each fetch once, when it has ended. */

import type { WebServices } from '../site.ts';
import { type ResultRow, toResultRows } from './rows.ts';

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

export const NO_FETCHES: EndedFetches = { succeeded: 0, pulled: 0, failed: 0, rejects: 0 };

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
export async function countFetches(
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
