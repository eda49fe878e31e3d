/** Leads from a fetch back to the bytes that its facts were read from. */

import { zstdDecompressSync } from 'node:zlib';
import { asc, eq } from '../drizzle.ts';
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
