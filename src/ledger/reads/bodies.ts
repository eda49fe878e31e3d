/** Knows how a fetch leads back to the bytes that it received. */

import { zstdDecompressSync } from 'node:zlib';
import { asc, eq } from '../drizzle.ts';
import type { Store } from '../store.ts';
import { fetches, rawChunks } from '../tables/provenance.ts';

/**
 * The answer as received, secrets removed; `undefined` where no bytes came or no such fetch is
 * known.
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
