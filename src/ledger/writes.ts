/**
 * Knows the writing half of the ledger: each call is one transaction that begins by taking the
 * lock.
 */

import type { Clock } from '../platform/clock.ts';
import { durably } from './durably.ts';
import type { Ledger } from './ledger.ts';
import { naming } from './sqliteFailure.ts';
import type { Store } from './store.ts';
import { createFactWriter } from './writes/append.ts';
import { writeAudit } from './writes/audit.ts';
import { markTold, resolveDelivery } from './writes/deliveryDecision.ts';
import { planDeliveries } from './writes/deliveryPlan.ts';
import {
  claimDelivery,
  handOver,
  lapseDeliveries,
  prepareDelivery,
  settleDelivery,
} from './writes/deliveryWork.ts';
import { writeEdition } from './writes/editions.ts';
import { beginImport } from './writes/importSession.ts';

type PostWrites = Pick<
  Ledger,
  | 'freezeEdition'
  | 'planDeliveries'
  | 'claimDelivery'
  | 'prepareDelivery'
  | 'handOver'
  | 'settleDelivery'
  | 'lapseDeliveries'
  | 'resolveDelivery'
  | 'markTold'
>;

export type Writes = Pick<Ledger, 'append' | 'beginImport' | 'saveAudit'> & PostWrites;

type Atomically = <T>(work: () => T) => T;

export function createWrites(store: Store, clock: Clock): Writes {
  const writer = createFactWriter(store);
  // Taking the lock at once: a transaction that begins by reading could not wait for another
  // writer.
  const atomically: Atomically = (work) =>
    naming(store.path, () => store.db.transaction(work).immediate());
  return {
    append: async (fetched, recordedAtMs) => atomically(() => writer.append(fetched, recordedAtMs)),
    beginImport: async (start) => beginImport({ writer, clock, atomically }, start),
    saveAudit: async (record) => atomically(() => writeAudit(store, record)),
    ...createPostWrites(store, (work) => durably(store.db, () => atomically(work))),
  };
}

/** Each is on disk when it resolves: what was handed over must not be forgotten. */
function createPostWrites(store: Store, synced: Atomically): PostWrites {
  return {
    freezeEdition: async (report, nowMs) => synced(() => writeEdition(store, report, nowMs)),
    planDeliveries: async (editionId, addresses, nowMs) =>
      synced(() => planDeliveries(store, { editionId, addresses }, nowMs)),
    claimDelivery: async (id, wish) => synced(() => claimDelivery(store, id, wish)),
    prepareDelivery: async (claim, message) => synced(() => prepareDelivery(store, claim, message)),
    handOver: async (claim, wish) => synced(() => handOver(store, claim, wish)),
    settleDelivery: async (claim, handed, nowMs) =>
      synced(() => settleDelivery(store, claim, { handed, nowMs })),
    lapseDeliveries: async (nowMs) => synced(() => lapseDeliveries(store, nowMs)),
    resolveDelivery: async (id, word, nowMs) =>
      synced(() => resolveDelivery(store, id, { word, nowMs })),
    markTold: async (refs, nowMs) => synced(() => markTold(store, refs, nowMs)),
  };
}
