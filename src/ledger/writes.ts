/**
 * Knows the writing half of the ledger: each call is one transaction that begins by taking the
 * lock.
 */

import type { Clock } from '../platform/clock.ts';
import { createAtomically } from './atomically.ts';
import type { Ledger } from './ledger.ts';
import type { Store } from './store.ts';
import { createFactWriter } from './writes/append.ts';
import { writeAudit } from './writes/audit.ts';
import { beginImport } from './writes/importSession.ts';
import { createWorkWriter } from './writes/work.ts';

export type Writes = Pick<
  Ledger,
  'append' | 'beginImport' | 'saveAudit' | 'markDone' | 'markPulled'
>;

export function createWrites(store: Store, clock: Clock): Writes {
  const writer = createFactWriter(store);
  const work = createWorkWriter(store.db);
  const atomically = createAtomically(store);
  return {
    append: async (fetched, recordedAtMs) => atomically(() => writer.append(fetched, recordedAtMs)),
    beginImport: async (start) => beginImport({ writer, clock, atomically }, start),
    saveAudit: async (record) => atomically(() => writeAudit(store, record)),
    markDone: async (done, nowMs) => atomically(() => work.markDone(done, nowMs)),
    markPulled: async (pulled, nowMs) => atomically(() => work.markPulled(pulled, nowMs)),
  };
}
