/** The state of each source: its last success, failures, rejected rows and data range. */

import type { WebServices } from '../site.ts';
import type { FetchFailure, FetchTotals } from '../../ledger/reads/fetchLog.ts';

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
  readonly lastFailure?: Omit<FetchFailure, 'source'>;
}

/** Reads the current states. Each call queries the ledger. */
export type ReadSourceStates = () => Promise<readonly SourceState[]>;

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
    const reach = await ledger.work.importReach();
    const failed = await ledger.work.fetchFailures(refs);
    const failures = new Map(failed.map(({ source, ...failure }) => [source, failure]));
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

function lastFailureOf(lastFailure: SourceState['lastFailure']): Pick<SourceState, 'lastFailure'> {
  return lastFailure === undefined ? {} : { lastFailure };
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

/** Adds newly ended fetches to `counts`. Returns the unfinished fetches by source. */
async function countFetches(
  ledger: WebServices['ledger'],
  counts: FetchCounts,
): Promise<Map<string, UnfinishedFetches>> {
  const rows = await ledger.work.fetchTotals({ upTo: counts.upTo, open: counts.open });
  const unfinished = new Map<string, UnfinishedFetches>();
  for (const row of rows) {
    const { source, newestRef, openRejects } = row;
    counts.upTo = Math.max(counts.upTo, newestRef);
    counts.bySource.set(source, added(counts.bySource.get(source) ?? NO_FETCHES, row));
    unfinished.set(source, { unfinished: row.unfinished, rejects: openRejects });
  }
  counts.open = rows.flatMap(({ openRefs }) => openRefs);
  return unfinished;
}

function added(before: EndedFetches, row: FetchTotals): EndedFetches {
  return {
    succeeded: before.succeeded + row.succeeded,
    pulled: before.pulled + row.pulled,
    failed: before.failed + row.failed,
    rejects: before.rejects + row.rejects,
    lastSuccessMs: later(before.lastSuccessMs, row.lastSuccessMs ?? undefined),
    reachesToMs: later(before.reachesToMs, row.reachesToMs ?? undefined),
    failedRef: later(before.failedRef, row.failedRef ?? undefined),
  };
}

function later(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.max(one, other);
}
