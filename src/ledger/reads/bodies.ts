/** The bytes that facts were read from, by fetch and by source. */

import { zstdDecompressSync } from 'node:zlib';
import { asc, eq } from '../drizzle.ts';
import type { AnswerChoice, EarlierAnswer } from '../ledger.ts';
import type { Store } from '../store.ts';
import { fetches, rawChunks } from '../tables/provenance.ts';

/**
 * What is kept of an answer; `undefined` where nothing of it is, or no such fetch is known.
 */
export function readRawBody({ orm }: Store, fetchRef: number): Uint8Array | undefined {
  const chunks = orm
    .select({ zstd: rawChunks.zstd })
    .from(rawChunks)
    .innerJoin(fetches, eq(fetches.bodyRef, rawChunks.bodyRef))
    .where(eq(fetches.fetchRef, fetchRef))
    .orderBy(asc(rawChunks.chunk))
    .all();
  if (chunks.length === 0) return undefined;
  return Buffer.concat(chunks.map(({ zstd }) => zstdDecompressSync(zstd)));
}

interface AnswerRow {
  readonly fetchRef: number;
  readonly url: string;
  readonly atMs: number;
  readonly zstd: Uint8Array;
}

const NEWEST = `
SELECT started_at_ms FROM fetch
WHERE source_id = :sourceId AND kind = :kind AND failure_code IS NULL AND finished = 1
ORDER BY started_at_ms DESC LIMIT 1`;

const ANSWERS = `
SELECT fetch.fetch_ref AS fetchRef, url, started_at_ms AS atMs, raw_chunk.zstd AS zstd
FROM fetch JOIN raw_chunk ON raw_chunk.body_ref = fetch.body_ref
WHERE source_id = :sourceId AND kind = :kind AND started_at_ms >= :fromMs
  AND failure_code IS NULL AND finished = 1
ORDER BY started_at_ms, fetch.fetch_ref, raw_chunk.chunk`;

/** A source's good answers of a kind, oldest first, up to the newest. */
export function readEarlierAnswers(
  { db }: Store,
  { sourceId, kind, forMs, mostMs }: AnswerChoice,
  nowMs: number,
): EarlierAnswer[] {
  const of = { sourceId, kind };
  const newestMs = db.prepare(NEWEST).safeIntegers(false).pluck().get(of) as number | undefined;
  if (newestMs === undefined || newestMs < nowMs - mostMs) return [];
  const rows = db
    .prepare(ANSWERS)
    .safeIntegers(false)
    .all({ ...of, fromMs: newestMs - forMs });
  const byFetch = Map.groupBy(rows as AnswerRow[], ({ fetchRef }) => fetchRef);
  return [...byFetch.values()].flatMap((chunks) => {
    const [first] = chunks;
    if (first === undefined) return [];
    const body = Buffer.concat(chunks.map(({ zstd }) => zstdDecompressSync(zstd)));
    return [{ url: first.url, atMs: first.atMs, body }];
  });
}
