/** Stores the bytes of responses: compressed, in pieces, once per digest. */

import { zstdCompressSync } from 'node:zlib';
import type { Database } from 'better-sqlite3';
import type { FetchBody, PackedPiece } from '../../domain/provenance.ts';
import { bodyDigest } from '../../platform/body.ts';
import { rawBodies, rawChunks } from '../tables/provenance.ts';
import { createInserter } from './insert.ts';

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
