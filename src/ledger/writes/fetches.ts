/** Writes a fetch: its row, its bytes once per digest, its rejects and its stated total. */

import type { Fetch, Fetched } from '../../domain/provenance.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
import { bodyDigest } from '../../platform/body.ts';
import { getRow, prepareQuery } from '../statement.ts';
import { eq, type Store } from '../store.ts';
import { fetches, rejects, statedTotals } from '../tables/provenance.ts';
import { createBodyWriter } from '../bodies.ts';
import { getFactDigests } from '../factDigests.ts';
import { createInserter } from './insert.ts';
import type { FetchOrigin, RowRejection, Tally } from './tally.ts';

type FetchRow = typeof fetches.$inferInsert;

export interface FetchWriter {
  /** Writes the row and the body of a fetch, before any of its facts. */
  open(fetch: Fetch, recordedAtMs: number, completeFor: Fetched['completeFor']): number;
  /** Writes the row of a file that is still being imported. */
  begin(row: BeginRow): { fetchRef: number; bodyRef: number };
  readonly appendRaw: (bodyRef: number, chunk: Uint8Array) => void;
  /** Adds the counts of a response or a part of it, its rejects and its stated total. */
  readonly addOutcome: (brought: Omit<Fetched, 'fetch'>, origin: FetchOrigin, tally: Tally) => void;
  /** Ends the fetch. Rejects that equal earlier ones are stored once. */
  readonly end: (fetchRef: number) => void;
  /** Sets the digest of a finished file. Equal bytes are stored once. */
  finish(
    ref: { fetchRef: number; bodyRef: number },
    end: { digest: string; endedAtMs: number },
  ): void;
}

type BeginRow = Pick<FetchRow, 'sourceId' | 'kind' | 'url' | 'startedAtMs' | 'recordedAtMs'>;

const NOTHING_YET = { added: 0, restated: 0, unchanged: 0, rejected: 0 } as const;

export function createFetchWriter(store: Store): FetchWriter {
  const insertFetch = createInserter(store.db, fetches);
  const bodies = createBodyWriter(store);
  const rejects = createRejectWriter(store);
  return {
    open: (fetch, recordedAtMs, completeFor) =>
      insertFetch({
        ...fetchRow(fetch),
        ...NOTHING_YET,
        bodyRef: fetch.body === undefined ? null : bodies.store(fetch.body),
        completeKeyPrefix: completeFor?.keyPrefix ?? null,
        completeStartMs: completeFor?.window.startMs ?? null,
        completeEndMs: completeFor?.window.endMs ?? null,
        recordedAtMs,
      }),
    begin(row) {
      const bodyRef = bodies.begin();
      return {
        bodyRef,
        fetchRef: insertFetch({ ...row, ...NOTHING_YET, bodyRef, finished: false }),
      };
    },
    appendRaw: bodies.append,
    addOutcome: createNote(store, rejects),
    end: (fetchRef) => rejects.share(fetchRef),
    finish({ fetchRef, bodyRef }, { digest, endedAtMs }) {
      const kept = bodies.setDigest(bodyRef, digest);
      store.orm
        .update(fetches)
        .set({ finished: true, endedAtMs, digest, bodyRef: kept })
        .where(eq(fetches.fetchRef, fetchRef))
        .run();
      // The same file was imported before, so its bytes are not stored twice.
      if (kept !== bodyRef) bodies.remove(bodyRef);
    },
  };
}

function createNote({ db }: Store, kept: RejectWriter): FetchWriter['addOutcome'] {
  const insertTotal = createInserter(db, statedTotals, getFactDigests(db));
  const update = db.prepare(NOTE);
  return ({ rejects: given = [], statedTotal, warnings = [] }, origin, tally) => {
    const { fetchRef, recordedAtMs } = origin;
    const all: RowRejection[] = [...given, ...tally.rejects];
    all.sort((a, b) => a.position - b.position);
    kept.keep(all, origin);
    if (statedTotal !== undefined) {
      const { billedNanoUsd, window } = statedTotal;
      insertTotal({ fetchRef, ...window, billedNanoUsd, recordedAtMs });
    }
    update.run({ fetchRef, ...toCounts(tally, all.length, [...warnings, ...tally.warnings]) });
  };
}

const NOTE = `
UPDATE fetch SET added = added + :added, restated = restated + :restated,
  unchanged = unchanged + :unchanged, rejected = rejected + :rejected,
  warnings_json = coalesce(:warningsJson, warnings_json),
  facts_start_ms = min(coalesce(facts_start_ms, :startMs), coalesce(:startMs, facts_start_ms)),
  facts_end_ms = max(coalesce(facts_end_ms, :endMs), coalesce(:endMs, facts_end_ms)),
  facts_reach_ms = max(coalesce(facts_reach_ms, :reachMs), coalesce(:reachMs, facts_reach_ms))
WHERE fetch_ref = :fetchRef`;

function toCounts(tally: Tally, rejected: number, warnings: readonly PullWarning[]) {
  const { added, restated, unchanged, factsStartMs, factsEndMs, reachMs } = tally;
  const orNull = (instantMs: number) => (Number.isFinite(instantMs) ? instantMs : null);
  return {
    added,
    restated,
    unchanged,
    rejected,
    startMs: orNull(factsStartMs),
    endMs: orNull(factsEndMs),
    reachMs: orNull(reachMs),
    warningsJson: warnings.length === 0 ? null : JSON.stringify(warnings),
  };
}

function fetchRow(fetch: Fetch) {
  const { sourceId, kind, url, window, startedAtMs, endedAtMs, status, failure } = fetch;
  const digest = fetch.body === undefined ? fetch.digest : findDigest(fetch);
  return {
    sourceId,
    kind,
    url,
    startedAtMs,
    endedAtMs,
    status,
    digest,
    windowStartMs: window?.startMs ?? null,
    windowEndMs: window?.endMs ?? null,
    finished: true,
    failureCode: failure?.code ?? null,
    failureMessage: failure?.message ?? null,
  };
}

/** The received digest. That of a local file is computed here. */
function findDigest({ digest, body = new Uint8Array() }: Fetch): string {
  return digest ?? bodyDigest(body);
}

/** The most rejects stored per fetch. `fetch.rejected` counts all. */
const MOST_REJECTS = 1_000;

/** A reason quotes cells, which can be long in a malicious file. */
const LONGEST = 500;

interface RejectOrigin {
  readonly fetchRef: number;
  readonly recordedAtMs: number;
}

export interface RejectWriter {
  keep(found: readonly RowRejection[], origin: RejectOrigin): void;
  /** Call it after the fetch has ended. Equal rejects of equal bytes are stored once. */
  share(fetchRef: number): void;
}

const COUNT = 'SELECT count(*) FROM reject WHERE fetch_ref = ?';

const EARLIER = `
SELECT coalesce(e.rejects_ref, e.fetch_ref)
FROM fetch AS f JOIN fetch AS e
  ON e.digest = f.digest AND e.source_id = f.source_id AND e.kind = f.kind
WHERE f.fetch_ref = :fetchRef AND f.rejected > 0 AND e.rejected > 0
  AND e.rejected = f.rejected AND e.fetch_ref < f.fetch_ref
ORDER BY e.fetch_ref DESC LIMIT 1`;

const ROWS = 'SELECT position, reason, excerpt FROM reject WHERE fetch_ref =';
const DIFFERENT = `
SELECT EXISTS (${ROWS} :fetchRef EXCEPT ${ROWS} :earlierRef)
  OR EXISTS (${ROWS} :earlierRef EXCEPT ${ROWS} :fetchRef)`;

function createRejectWriter({ db, orm }: Store): RejectWriter {
  const insert = createInserter(db, rejects);
  const countStored = prepareQuery<number>(db, COUNT).pluck();
  const earlier = prepareQuery<number>(db, EARLIER).pluck();
  const different = prepareQuery<number>(db, DIFFERENT).pluck();
  return {
    keep(found, { fetchRef, recordedAtMs }) {
      if (found.length === 0) return;
      const free = MOST_REJECTS - getRow(countStored, fetchRef);
      for (const { reason, excerpt, ...rest } of found.slice(0, Math.max(0, free))) {
        const text = { reason: reason.slice(0, LONGEST), excerpt: excerpt.slice(0, LONGEST) };
        insert({ fetchRef, ...rest, ...text, recordedAtMs });
      }
    },
    share(fetchRef) {
      const earlierRef = earlier.get({ fetchRef });
      if (earlierRef === undefined) return;
      if (getRow(different, { fetchRef, earlierRef }) === 1) return;
      orm.delete(rejects).where(eq(rejects.fetchRef, fetchRef)).run();
      const ofFetch = eq(fetches.fetchRef, fetchRef);
      orm.update(fetches).set({ rejectsRef: earlierRef }).where(ofFetch).run();
    },
  };
}
