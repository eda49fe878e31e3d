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

const COUNTS = `
SELECT source,
  count(*) FILTER (WHERE failure IS NULL AND finished = 1) AS succeeded,
  count(*) FILTER (WHERE failure IS NOT NULL) AS failed,
  count(*) FILTER (WHERE failure IS NULL AND finished = 0) AS unfinished,
  sum(rejects) AS rejects,
  max(ended_at) FILTER (WHERE failure IS NULL AND finished = 1) AS last_success,
  max(window_end) FILTER (WHERE failure IS NULL AND finished = 1) AS reaches_to
FROM pull_history GROUP BY source ORDER BY source`;

const FAILURES = `
SELECT source, started_at, failure, failure_message FROM pull_history
WHERE fetch_ref IN (
  SELECT max(fetch_ref) FROM pull_history WHERE failure IS NOT NULL GROUP BY source
)`;

/** Sources of the config in its order, then those that only the ledger knows. */
export async function sourceStates({
  ledger,
  sources,
}: Pick<Site, 'ledger' | 'sources'>): Promise<SourceState[]> {
  const counts = byId(rowsOf(await ledger.query(COUNTS)));
  const failures = byId(rowsOf(await ledger.query(FAILURES)));
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
  const lastSuccessMs = row?.instantMs('last_success');
  const reachesToMs = row?.instantMs('reaches_to');
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
  const atMs = row?.instantMs('started_at');
  if (row === undefined || atMs === undefined) return {};
  const [code, message] = [row.text('failure') ?? '', row.text('failure_message') ?? ''];
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
