/**
 * Knows the writing half of the ledger: each call is one transaction that begins by taking the
 * lock.
 */

import type { Clock } from '../platform/clock.ts';
import type { Ledger } from './ledger.ts';
import { naming } from './sqliteFailure.ts';
import type { Store } from './store.ts';
import { createFactWriter } from './writes/append.ts';
import { writeAudit } from './writes/audit.ts';
import { beginImport } from './writes/importSession.ts';

export type Writes = Pick<Ledger, 'append' | 'beginImport' | 'saveAudit'>;

export function createWrites(store: Store, clock: Clock): Writes {
  const writer = createFactWriter(store);
  // Taking the lock at once: a transaction that begins by reading could not wait for another
  // writer.
  const atomically = <T>(work: () => T): T =>
    naming(store.path, () => store.db.transaction(work).immediate());
  return {
    append: async (fetched, recordedAtMs) => atomically(() => writer.append(fetched, recordedAtMs)),
    beginImport: async (start) => beginImport({ writer, clock, atomically }, start),
    saveAudit: async (record) => atomically(() => writeAudit(store, record)),
  };
}
