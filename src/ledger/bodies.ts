/** Reads stored responses by fetch and by source. */

import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Database } from 'better-sqlite3';
import { prepareQuery } from './statement.ts';
import { asc, eq, type Store } from './store.ts';
import type { ResponseChoice, StoredResponse } from './facts.ts';
import { fetches, rawBodies, rawChunks } from './tables/provenance.ts';
import type { FetchBody, PackedPiece } from '../domain/provenance.ts';
import { bodyDigest } from '../platform/body.ts';
import { createInserter } from './writes/insert.ts';

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
  const newestMs = prepareQuery<number>(db, NEWEST).pluck().get(source);
  if (newestMs === undefined || newestMs < nowMs - mostMs) return [];
  const since = { ...source, fromMs: newestMs - forMs };
  const chunks = prepareQuery<ChunkRow>(db, CHUNKS).all(since);
  const bodies = new Map<number, Uint8Array>();
  for (const [bodyRef, group] of Map.groupBy(chunks, (chunk) => chunk.bodyRef)) {
    bodies.set(bodyRef, Buffer.concat(group.map(({ zstd }) => zstdDecompressSync(zstd))));
  }
  const answers = prepareQuery<AnswerRow>(db, ANSWERS).all(since);
  return answers.flatMap(({ bodyRef, url, atMs }) => {
    const body = bodies.get(bodyRef);
    return body === undefined ? [] : [{ url, atMs, body }];
  });
}

export interface BodyWriter {
  /** Stores a whole body, or finds it stored, and returns its row. */
  store(body: FetchBody): number;
  /** Starts a body that is still arriving and has no digest yet. */
  begin(): number;
  readonly append: (bodyRef: number, chunk: Uint8Array) => void;
  /** Sets the digest of a complete body. Returns the row that already had these bytes, if any. */
  setDigest(bodyRef: number, digest: string): number;
  remove(bodyRef: number): void;
}

export function createBodyWriter(db: Database): BodyWriter {
  const insertBody = createInserter(db, rawBodies);
  const appendPiece = pieceAppender(db);
  const find = db.prepare('SELECT body_ref FROM raw_body WHERE digest = ?').pluck();
  const rename = db.prepare('UPDATE raw_body SET digest = ? WHERE body_ref = ?');
  const removeChunks = db.prepare('DELETE FROM raw_chunk WHERE body_ref = ?');
  const removeBody = db.prepare('DELETE FROM raw_body WHERE body_ref = ?');
  const findRow = (digest: string) => {
    const found = find.get(digest);
    return found === undefined ? undefined : Number(found);
  };
  return {
    store(body) {
      // The digest of the stored bytes. The fetch has that of the received bytes.
      const digest = bodyDigest(body);
      const found = findRow(digest);
      if (found !== undefined) return found;
      const bodyRef = insertBody({ digest, plainBytes: 0 });
      for (const piece of body instanceof Uint8Array ? [compress(body)] : body.pieces) {
        appendPiece(bodyRef, piece);
      }
      return bodyRef;
    },
    begin: () => insertBody({ digest: null, plainBytes: 0 }),
    append: (bodyRef, chunk) => appendPiece(bodyRef, compress(chunk)),
    setDigest(bodyRef, digest) {
      const found = findRow(digest);
      if (found === undefined) rename.run(digest, bodyRef);
      return found ?? bodyRef;
    },
    remove(bodyRef) {
      removeChunks.run(bodyRef);
      removeBody.run(bodyRef);
    },
  };
}

function compress(bytes: Uint8Array): PackedPiece {
  return { plainBytes: bytes.byteLength, zstd: zstdCompressSync(bytes) };
}

function pieceAppender(db: Database) {
  const insert = createInserter(db, rawChunks);
  const count = db.prepare('SELECT count(*) FROM raw_chunk WHERE body_ref = ?').pluck();
  const grow = db.prepare('UPDATE raw_body SET plain_bytes = plain_bytes + ? WHERE body_ref = ?');
  return (bodyRef: number, { plainBytes, zstd }: PackedPiece) => {
    const chunk = Number(count.get(bodyRef));
    insert({ bodyRef, chunk, plainBytes, zstd });
    grow.run(plainBytes, bodyRef);
  };
}
