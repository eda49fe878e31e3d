/** The writing half of the ledger. Each call is one transaction that locks first. */

import type { Clock } from '../platform/clock.ts';
import { createAtomically, type RunAtomically, runDurably, runImmediately } from './atomically.ts';
import type { Ledger } from './ledger.ts';
import { createRecordedTime } from './recordedTime.ts';
import type { Store } from './store.ts';
import { createFactWriter } from './writes/append.ts';
import { writeAudit } from './audits.ts';
import { markNotified, planDeliveries, resolveDelivery } from './writes/deliveryPlan.ts';
import {
  claimDelivery,
  startSending,
  expireClaims,
  prepareDelivery,
  renewClaim,
  settleDelivery,
  settleAmbiguous,
} from './writes/deliveryWork.ts';
import { writeEdition } from './editions.ts';
import { beginImport, closeInterruptedImports } from './writes/importSession.ts';
import { undoImport } from './writes/undo/undoImport.ts';
import { createWorkWriter } from './workLog.ts';

type DeliveryWrites = Pick<
  Ledger,
  | 'freezeEdition'
  | 'planDeliveries'
  | 'claimDelivery'
  | 'prepareDelivery'
  | 'startSending'
  | 'renewClaim'
  | 'settleDelivery'
  | 'expireClaims'
  | 'settleAmbiguous'
  | 'resolveDelivery'
  | 'markNotified'
>;

/** Writes to a delivery that need its claim only, not the write lock. */
type ClaimWrites = 'settleDelivery' | 'renewClaim';

type FactWrites = Pick<
  Ledger,
  | 'append'
  | 'asOfNow'
  | 'beginImport'
  | 'closeInterruptedImports'
  | 'undoImport'
  | 'saveAudit'
  | 'markDone'
  | 'resetDone'
  | 'markPulled'
>;

export type Writes = FactWrites & DeliveryWrites;

export function createWrites(store: Store, clock: Clock): Writes {
  const writer = createFactWriter(store);
  const work = createWorkWriter(store.db);
  const atomically = createAtomically(store);
  const time = createRecordedTime(store.db);
  const recordedAtMs = () => time.next(clock.nowMs());
  return {
    append: async (fetched, nowMs, options) =>
      atomically(() => writer.append(fetched, time.next(nowMs), options)),
    asOfNow: async (nowMs) => atomically(() => time.read(nowMs)),
    beginImport: async (start) => beginImport({ store, writer, recordedAtMs, atomically }, start),
    closeInterruptedImports: async () =>
      closeInterruptedImports({ store, writer, recordedAtMs, atomically }),
    undoImport: async (fetchRef, nowMs) =>
      atomically(() => undoImport(store, fetchRef, { nowMs, recordedAtMs: time.next(nowMs) })),
    saveAudit: async (record) => atomically(() => writeAudit(store, record)),
    markDone: async (done, nowMs) => atomically(() => work.markDone(done, nowMs)),
    resetDone: async (done) => atomically(() => work.forgetDone(done)),
    markPulled: async (pulled, nowMs) => atomically(() => work.markPulled(pulled, nowMs)),
    ...createDeliveryWrites(store, (work) => runDurably(store.db, () => atomically(work))),
    renewClaim: async (claim, options) =>
      runImmediately(store, () => renewClaim(store, claim, options)),
    // A sent message stays sent. The worker that sent it records that even after it lost the write
    // lock. The token of the delivery decides whether the record still counts.
    settleDelivery: async (claim, handed, nowMs) =>
      runDurably(store.db, () =>
        runImmediately(store, () => settleDelivery(store, claim, { handed, nowMs })),
      ),
  };
}

/** Each write is on disk when it resolves: a sent message must not be forgotten. */
function createDeliveryWrites(
  store: Store,
  synced: RunAtomically,
): Omit<DeliveryWrites, ClaimWrites> {
  return {
    freezeEdition: async (report, nowMs) => synced(() => writeEdition(store, report, nowMs)),
    planDeliveries: async (editionId, addresses, nowMs) =>
      synced(() => planDeliveries(store, { editionId, addresses }, nowMs)),
    claimDelivery: async (id, options) => synced(() => claimDelivery(store, id, options)),
    prepareDelivery: async (claim, message) => synced(() => prepareDelivery(store, claim, message)),
    startSending: async (claim, options) => synced(() => startSending(store, claim, options)),
    expireClaims: async (nowMs) => synced(() => expireClaims(store, nowMs)),
    settleAmbiguous: async (id, found, options) =>
      synced(() => settleAmbiguous(store, id, { found, ...options })),
    resolveDelivery: async (id, word, nowMs) =>
      synced(() => resolveDelivery(store, id, { word, nowMs })),
    markNotified: async (refs, nowMs) => synced(() => markNotified(store, refs, nowMs)),
  };
}
