/** Reads stored responses by fetch and by source. */

import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Database } from 'better-sqlite3';
import { getRow, prepareQuery } from './statement.ts';
import { and, asc, desc, eq, gte, inArray, isNotNull, isNull, type Store } from './store.ts';
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

/** The successful responses of a source and kind, oldest first. Equal bodies share their bytes. */
export function readEarlierAnswers(
  { orm }: Store,
  { sourceId, kind, forMs, mostMs }: ResponseChoice,
  nowMs: number,
): StoredResponse[] {
  const { startedAtMs: atMs, bodyRef, url, fetchRef } = fetches;
  const successful = [
    eq(fetches.sourceId, sourceId),
    eq(fetches.kind, kind),
    isNull(fetches.failureCode),
    eq(fetches.finished, true),
  ];
  const all = orm
    .select({ atMs })
    .from(fetches)
    .where(and(...successful));
  const newestMs = all.orderBy(desc(atMs)).limit(1).get()?.atMs;
  if (newestMs === undefined || newestMs < nowMs - mostMs) return [];
  const recent = and(...successful, gte(atMs, newestMs - forMs), isNotNull(bodyRef));
  const chunks = orm
    .select({ bodyRef: rawChunks.bodyRef, zstd: rawChunks.zstd })
    .from(rawChunks)
    .where(inArray(rawChunks.bodyRef, orm.select({ bodyRef }).from(fetches).where(recent)))
    .orderBy(asc(rawChunks.bodyRef), asc(rawChunks.chunk))
    .all();
  const bodies = new Map<number | null, Uint8Array>();
  for (const [ref, group] of Map.groupBy(chunks, (chunk) => chunk.bodyRef)) {
    bodies.set(ref, Buffer.concat(group.map(({ zstd }) => zstdDecompressSync(zstd))));
  }
  const answers = orm.select({ bodyRef, url, atMs }).from(fetches).where(recent);
  return answers
    .orderBy(asc(atMs), asc(fetchRef))
    .all()
    .flatMap((answer) => {
      const body = bodies.get(answer.bodyRef);
      return body === undefined ? [] : [{ url: answer.url, atMs: answer.atMs, body }];
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

export function createBodyWriter({ db, orm }: Store): BodyWriter {
  const insertBody = createInserter(db, rawBodies);
  const appendPiece = pieceAppender(db);
  const findRow = (digest: string) => {
    const known = orm.select({ bodyRef: rawBodies.bodyRef }).from(rawBodies);
    return known.where(eq(rawBodies.digest, digest)).get()?.bodyRef;
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
      if (found === undefined) {
        orm.update(rawBodies).set({ digest }).where(eq(rawBodies.bodyRef, bodyRef)).run();
      }
      return found ?? bodyRef;
    },
    remove(bodyRef) {
      orm.delete(rawChunks).where(eq(rawChunks.bodyRef, bodyRef)).run();
      orm.delete(rawBodies).where(eq(rawBodies.bodyRef, bodyRef)).run();
    },
  };
}

function compress(bytes: Uint8Array): PackedPiece {
  return { plainBytes: bytes.byteLength, zstd: zstdCompressSync(bytes) };
}

const COUNT_CHUNKS = 'SELECT count(*) FROM raw_chunk WHERE body_ref = ?';

function pieceAppender(db: Database) {
  const insert = createInserter(db, rawChunks);
  const count = prepareQuery<number>(db, COUNT_CHUNKS).pluck();
  const grow = db.prepare('UPDATE raw_body SET plain_bytes = plain_bytes + ? WHERE body_ref = ?');
  return (bodyRef: number, { plainBytes, zstd }: PackedPiece) => {
    insert({ bodyRef, chunk: getRow(count, bodyRef), plainBytes, zstd });
    grow.run(plainBytes, bodyRef);
  };
}
