/** Knows how each source does: what it was asked, when it answered, and how far facts reach. */

import type { Site } from '../site.ts';
import { type Row, rowsOf } from './rows.ts';

export interface SourceState {
  readonly id: string;
  /** Absent for what config does not name, e.g. imports. */
  readonly kind?: string;
  readonly staleAfterMs?: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Begun and never ended: a worker died over it, or it runs right now. */
  readonly unfinished: number;
  readonly rejects: number;
  readonly lastSuccessMs?: number;
  /** The newest end of a window that was pulled: facts reach to there. */
  readonly reachesToMs?: number;
  readonly lastFailure?: LastFailure;
}

interface LastFailure {
  readonly atMs: number;
  readonly code: string;
  readonly message: string;
}

// The table and not the view: spelling half a million instants would take a second.
const COUNTS = `
SELECT source_id AS source,
  sum(failure_code IS NULL AND finished = 1) AS succeeded,
  sum(failure_code IS NOT NULL) AS failed,
  sum(failure_code IS NULL AND finished = 0) AS unfinished,
  sum(rejected) AS rejects,
  max(iif(failure_code IS NULL AND finished = 1, ended_at_ms, NULL)) AS last_success_ms,
  max(iif(failure_code IS NULL AND finished = 1, window_end_ms, NULL)) AS reaches_to_ms,
  max(iif(failure_code IS NOT NULL, fetch_ref, NULL)) AS failed_ref
FROM fetch GROUP BY source_id`;

const FAILURES = `
SELECT source_id AS source, started_at_ms, failure_code, failure_message
FROM fetch WHERE fetch_ref IN`;

/** Sources of the config in its order, then those that only the ledger knows. */
export async function sourceStates({
  ledger,
  sources,
}: Pick<Site, 'ledger' | 'sources'>): Promise<SourceState[]> {
  const told = rowsOf(await ledger.query(COUNTS));
  const refs = told.flatMap((row) => row.number('failed_ref') ?? []);
  const failures = byId(rowsOf(await ledger.query(`${FAILURES} (${refs.join(', ')})`)));
  const counts = byId(told);
  const named = new Map(sources.map((source) => [source.id, source]));
  const ids = new Set([...named.keys(), ...counts.keys()]);
  return [...ids].map((id) => ({
    ...(named.get(id) ?? { id }),
    ...countsOf(counts.get(id)),
    ...lastFailureOf(failures.get(id)),
  }));
}

function byId(rows: readonly Row[]): Map<string, Row> {
  return new Map(rows.map((row) => [row.text('source') ?? '', row]));
}

function countsOf(row: Row | undefined) {
  const lastSuccessMs = row?.number('last_success_ms');
  const reachesToMs = row?.number('reaches_to_ms');
  return {
    succeeded: row?.number('succeeded') ?? 0,
    failed: row?.number('failed') ?? 0,
    unfinished: row?.number('unfinished') ?? 0,
    rejects: row?.number('rejects') ?? 0,
    ...(lastSuccessMs === undefined ? {} : { lastSuccessMs }),
    ...(reachesToMs === undefined ? {} : { reachesToMs }),
  };
}

function lastFailureOf(row: Row | undefined): { lastFailure?: LastFailure } {
  const atMs = row?.number('started_at_ms');
  if (row === undefined || atMs === undefined) return {};
  const [code, message] = [row.text('failure_code') ?? '', row.text('failure_message') ?? ''];
  return { lastFailure: { atMs, code, message } };
}

/** Worst first: what a person should look at. */
export type SourceHealth = 'failing' | 'never pulled' | 'stale' | 'fine' | 'imported';

export function healthOf(source: SourceState, nowMs: number): SourceHealth {
  const { staleAfterMs, lastSuccessMs, lastFailure } = source;
  if (lastFailure !== undefined && lastFailure.atMs > (lastSuccessMs ?? 0)) return 'failing';
  if (staleAfterMs === undefined) return 'imported';
  if (lastSuccessMs === undefined) return 'never pulled';
  return nowMs - lastSuccessMs > staleAfterMs ? 'stale' : 'fine';
}
