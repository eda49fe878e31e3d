/** Reads rejected rows and the warnings of fetches, newest first, with their origin. */

import { type PullWarning, parsePullWarnings } from '../../domain/pullWarning.ts';
import { prepareQuery } from '../statement.ts';
import { and, desc, eq, inArray, lt, sql, type Store } from '../store.ts';
import { fetches, rejects } from '../tables/provenance.ts';

/** The pull or the import that brought a row. */
export interface RowOrigin {
  readonly fetch: number;
  readonly source: string;
  /** `import.charges`, `charges`. */
  readonly kind: string;
  readonly url: string;
  readonly atMs: number;
}

/** A rejected row of a file or a response. */
export interface RejectedRow {
  readonly ref: number;
  /** The line in a file, or the index of a record in a response. */
  readonly position: number;
  readonly reason: string;
  readonly excerpt: string;
  readonly origin: RowOrigin;
}

export interface RejectFilter {
  /** Only rows older than this reject number. */
  readonly before?: number | undefined;
  readonly source?: string | undefined;
  /** Fetch number of the import or pull. */
  readonly fetch?: number | undefined;
}

/** The warnings of one fetch. */
export interface FetchWarnings {
  readonly origin: RowOrigin;
  readonly warnings: readonly PullWarning[];
}

export function readRejects(
  store: Store,
  { before, source, fetch }: RejectFilter,
  most: number,
): RejectedRow[] {
  const { fetchRef, sourceId, rejected } = fetches;
  const ofSource = (id: string) =>
    store.orm
      .select({ fetchRef })
      .from(fetches)
      // A literal 0, so that SQLite uses the index of fetches with rejected rows.
      .where(and(eq(sourceId, id), sql`${rejected} > 0`));
  const chosen = and(
    ...(before === undefined ? [] : [lt(rejects.rejectRef, before)]),
    ...(fetch === undefined ? [] : [eq(rejects.fetchRef, fetch)]),
    ...(source === undefined ? [] : [inArray(rejects.fetchRef, ofSource(source))]),
  );
  return selectRejects(store).where(chosen).orderBy(desc(rejects.rejectRef)).limit(most).all();
}

export function readReject(store: Store, ref: number): RejectedRow | undefined {
  return selectRejects(store).where(eq(rejects.rejectRef, ref)).get();
}

function selectRejects({ orm }: Store) {
  const { rejectRef: ref, position, reason, excerpt } = rejects;
  const { fetchRef: fetch, sourceId: source, kind, url, startedAtMs: atMs } = fetches;
  return orm
    .select({ ref, position, reason, excerpt, origin: { fetch, source, kind, url, atMs } })
    .from(rejects)
    .innerJoin(fetches, eq(fetches.fetchRef, rejects.fetchRef))
    .$dynamic();
}

/** A ledger has millions of fetches after some years, so only the latest are read. */
const LATEST_FETCHES = 20_000;
const MOST_WARNED = 200;

const WARNED = `
SELECT fetch_ref AS fetch, source_id AS source, kind, url, started_at_ms AS atMs,
  warnings_json AS warningsJson
FROM fetch
WHERE fetch_ref > (SELECT max(fetch_ref) FROM fetch) - ${LATEST_FETCHES}
  AND warnings_json IS NOT NULL AND warnings_json <> '[]'
ORDER BY fetch_ref DESC LIMIT ${MOST_WARNED}`;

export function readFetchWarnings({ db }: Store): FetchWarnings[] {
  const rows = prepareQuery<RowOrigin & { readonly warningsJson: string }>(db, WARNED).all();
  return rows.map(({ warningsJson, ...origin }) => {
    return { origin, warnings: parsePullWarnings(warningsJson) };
  });
}
