/** Reads frozen bytes and verifies their digest each time. */

import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { Failure } from '../domain/failure.ts';
import { sha256Hex } from '../platform/digest.ts';
import { eq } from './drizzle.ts';
import type { Store } from './store.ts';
import { frozenBytes } from './tables/delivery.ts';
import type { Database } from 'better-sqlite3';

/** @throws {Failure} `ledger-corrupt` if the bytes are missing or do not match the digest. */
export function readFrozen({ orm, path }: Store, digest: string, what: string): Uint8Array {
  const row = orm.select().from(frozenBytes).where(eq(frozenBytes.digest, digest)).get();
  const bytes = row === undefined ? undefined : decompress(row.zstd);
  if (bytes !== undefined && sha256Hex(bytes) === digest) return bytes;
  throw tamperedBytes(path, `${what} does not match its digest (SHA-256 ${digest})`);
}

export function tamperedBytes(path: string, message: string): Failure {
  return new Failure('ledger-corrupt', `${message}: the ledger ${path} was changed or is damaged`, {
    where: path,
    expected: 'the exact bytes that were stored with the edition',
    hint: 'restore an earlier backup; the messages that were sent are still in the mailboxes',
  });
}

function decompress(zstd: Uint8Array): Uint8Array | undefined {
  try {
    return zstdDecompressSync(zstd);
  } catch {
    // Damaged. The caller reports it with the expected digest.
    return undefined;
  }
}

/**
 * Stores the bytes, or finds them stored, and returns their digest. Call it inside a transaction.
 */
export function freezeBytes(db: Database, bytes: Uint8Array): string {
  const digest = sha256Hex(bytes);
  const known = db.prepare('SELECT 1 FROM frozen_bytes WHERE digest = ?').get(digest);
  if (known === undefined) {
    const insert = db.prepare('INSERT INTO frozen_bytes VALUES (?, ?, ?)');
    insert.run(digest, bytes.byteLength, zstdCompressSync(bytes));
  }
  return digest;
}
