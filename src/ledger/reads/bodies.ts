/** Reads stored responses by fetch and by source. */

import { zstdDecompressSync } from 'node:zlib';
import { asc, eq } from '../drizzle.ts';
import type { ResponseChoice, StoredResponse } from '../ledger.ts';
import type { Store } from '../store.ts';
import { fetches, rawChunks } from '../tables/provenance.ts';

/** The stored bytes of a fetch, or `undefined` if there are none or the fetch is unknown. */
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
  readonly bodyRef: number;
  readonly url: string;
  readonly atMs: number;
}

interface ChunkRow {
  readonly bodyRef: number;
  readonly zstd: Uint8Array;
}

const NEWEST = `
SELECT started_at_ms FROM fetch
WHERE source_id = :sourceId AND kind = :kind AND failure_code IS NULL AND finished = 1
ORDER BY started_at_ms DESC LIMIT 1`;

const FROM_ANSWERS = `
FROM fetch WHERE source_id = :sourceId AND kind = :kind AND started_at_ms >= :fromMs
  AND failure_code IS NULL AND finished = 1 AND body_ref IS NOT NULL`;

const ANSWERS = `
SELECT body_ref AS bodyRef, url, started_at_ms AS atMs ${FROM_ANSWERS}
ORDER BY started_at_ms, fetch_ref`;

const CHUNKS = `
SELECT body_ref AS bodyRef, zstd FROM raw_chunk
WHERE body_ref IN (SELECT body_ref ${FROM_ANSWERS}) ORDER BY body_ref, chunk`;

/** The successful responses of a source and kind, oldest first. Equal bodies share their bytes. */
export function readEarlierAnswers(
  { db }: Store,
  { sourceId, kind, forMs, mostMs }: ResponseChoice,
  nowMs: number,
): StoredResponse[] {
  const source = { sourceId, kind };
  const newestMs = db.prepare(NEWEST).safeIntegers(false).pluck().get(source) as number | undefined;
  if (newestMs === undefined || newestMs < nowMs - mostMs) return [];
  const since = { ...source, fromMs: newestMs - forMs };
  const chunks = db.prepare(CHUNKS).safeIntegers(false).all(since) as ChunkRow[];
  const bodies = new Map<number, Uint8Array>();
  for (const [bodyRef, group] of Map.groupBy(chunks, (chunk) => chunk.bodyRef)) {
    bodies.set(bodyRef, Buffer.concat(group.map(({ zstd }) => zstdDecompressSync(zstd))));
  }
  const answers = db.prepare(ANSWERS).safeIntegers(false).all(since) as AnswerRow[];
  return answers.flatMap(({ bodyRef, url, atMs }) => {
    const body = bodies.get(bodyRef);
    return body === undefined ? [] : [{ url, atMs, body }];
  });
}
