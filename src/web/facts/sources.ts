/** The state of each source: when it last answered, and how far its facts reach. */

import type { Site } from '../site.ts';
import { type Counts, count, type Ended, NOTHING, type Unfinished } from './answerCounts.ts';
import { readImportReach } from './imports.ts';
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
  /** The end of the newest fact that a file brought and that counts. */
  readonly importsReachToMs?: number;
  /** Whether all that succeeded were files. */
  readonly isImported: boolean;
  readonly lastFailure?: LastFailure;
}

/** Asked anew each time. */
export type SourceStates = () => Promise<readonly SourceState[]>;

interface LastFailure {
  readonly atMs: number;
  readonly code: string;
  readonly message: string;
}

/**
 * Reads how each source does: sources of the config in its order, then those that only the ledger
 * knows. Each answer is counted once and remembered: a ledger has millions of them after some
 * years, and is asked every few seconds.
 */
export function readSources({ ledger, sources }: Pick<Site, 'ledger' | 'sources'>): SourceStates {
  const counts: Counts = { upTo: 0, open: [], bySource: new Map() };
  const named = new Map(sources.map((source) => [source.id, source]));
  const read = async (): Promise<SourceState[]> => {
    const unfinished = await count(ledger, counts);
    const refs = [...counts.bySource.values()].flatMap(({ failedRef }) => failedRef ?? []);
    const reach = await readImportReach({ ledger });
    const failures = byId(rowsOf(await ledger.query(`${FAILURES} (${refs.join(', ')})`)));
    const ids = new Set([...named.keys(), ...counts.bySource.keys(), ...unfinished.keys()]);
    return [...ids].map((id) => ({
      ...(named.get(id) ?? { id }),
      ...importReach(reach.get(id)),
      ...told(counts.bySource.get(id) ?? NOTHING, unfinished.get(id)),
      ...lastFailureOf(failures.get(id)),
    }));
  };
  // One after the other, or two that ask at once would count the same answers twice.
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

/** What has ended, with the unfinished that may yet bring rejects. */
function told(
  { succeeded, pulled, failed, rejects, lastSuccessMs, reachesToMs }: Ended,
  open: Unfinished = { unfinished: 0, rejects: 0 },
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

function byId(rows: readonly Row[]): Map<string, Row> {
  return new Map(rows.map((row) => [row.text('source') ?? '', row]));
}

function lastFailureOf(row: Row | undefined): { lastFailure?: LastFailure } {
  const atMs = row?.number('started_at_ms');
  if (row === undefined || atMs === undefined) return {};
  const [code, message] = [row.text('failure_code') ?? '', row.text('failure_message') ?? ''];
  return { lastFailure: { atMs, code, message } };
}

/** Worst first: what a person should look at. */
export type SourceHealth = 'failing' | 'never pulled' | 'stale' | 'ok' | 'imported';

export function healthOf(source: SourceState, nowMs: number): SourceHealth {
  const { staleAfterMs, lastSuccessMs, lastFailure } = source;
  if (lastFailure !== undefined && lastFailure.atMs > (lastSuccessMs ?? 0)) return 'failing';
  if (staleAfterMs === undefined) return 'imported';
  if (lastSuccessMs === undefined) return 'never pulled';
  return nowMs - lastSuccessMs > staleAfterMs ? 'stale' : 'ok';
}
