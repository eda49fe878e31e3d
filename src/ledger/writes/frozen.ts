/** Freezes bytes: compressed, once per digest. */

import { zstdCompressSync } from 'node:zlib';
import type { Database } from 'better-sqlite3';
import { sha256Hex } from '../../platform/digest.ts';

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
