/** The state of each source: its last success, failures, rejected rows and data range. */

import type { WebServices } from '../site.ts';
import {
  type FetchCounts,
  countFetches,
  type EndedFetches,
  NO_FETCHES,
  type UnfinishedFetches,
} from './answerCounts.ts';
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
