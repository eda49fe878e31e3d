/** Stores editions and their deliveries, and what became of each delivery. */

import type {
  DeliveryAddress,
  DeliveryClaim,
  Delivery,
  DeliveryEvent,
  SendResult,
  LookupResult,
  DeliveryResolution,
} from '../domain/delivery.ts';
import type { Edition, EditionContent, ReportFile, ReportToFreeze } from '../domain/edition.ts';
import {
  type FreezeOutcome,
  readEditionContent,
  readEditionFile,
  readEditions,
  writeEdition,
} from './editions.ts';
import {
  readDeliveries,
  readDeliveryEvents,
  readDeliveryMessage,
  readUnnotified,
} from './reads/deliveries.ts';
import type { Store } from './store.ts';
import { runDurably, runImmediately, type Transactions } from './transactions.ts';
import { markNotified, planDeliveries, resolveDelivery } from './writes/deliveryPlan.ts';
import {
  claimDelivery,
  type ClaimOptions,
  expireClaims,
  prepareDelivery,
  renewClaim,
  settleAmbiguous,
  settleDelivery,
  startSending,
} from './writes/deliveryWork.ts';

export interface DeliveryStore {
  /**
   * Freezes a report under the next number of its quarter. An audit has one edition: freezing it
   * again returns that edition. Returns `undefined` if the report shows a number that is no longer
   * the next. Render it again then.
   */
  freezeEdition(report: ReportToFreeze, nowMs: number): Promise<FreezeOutcome | undefined>;
  /** Newest quarter first, then newest edition first. */
  editions(choice?: { quarter?: string; runId?: string }): Promise<readonly Edition[]>;
  edition(id: string): Promise<Edition | undefined>;
  /** @throws {Failure} `no-data` for an unknown edition, `ledger-corrupt` if a digest differs. */
  editionContent(id: string): Promise<EditionContent>;
  /**
   * One file, or `undefined` if the edition has no file with that name.
   * @throws {Failure} `no-data` for an unknown edition, `ledger-corrupt` if a digest differs.
   */
  editionFile(id: string, name: string): Promise<ReportFile | undefined>;

  /**
   * Records the recipients before anything is sent. Existing deliveries are left alone. Returns all
   * deliveries of the edition.
   */
  plan(
    editionId: string,
    addresses: readonly DeliveryAddress[],
    nowMs: number,
  ): Promise<readonly Delivery[]>;
  /** In the order in which they were planned. */
  list(choice?: { edition?: string }): Promise<readonly Delivery[]>;
  /** The events of a delivery, oldest first. */
  events(deliveryId: string): Promise<readonly DeliveryEvent[]>;
  /** The message to send, or `undefined` before it was prepared. */
  message(deliveryId: string): Promise<Uint8Array | undefined>;
  /** Returns `undefined` if the delivery is not waiting, not due yet, or claimed. */
  claim(deliveryId: string, options: ClaimOptions): Promise<DeliveryClaim | undefined>;
  /**
   * Stores the message, or finds a stored one, and returns the bytes to send. They are the same on
   * every attempt.
   * @throws {Failure} `lost-claim` if another worker holds the claim by now. The next two methods
   * throw it too.
   */
  prepare(
    claim: DeliveryClaim,
    message: { readonly messageId: string; readonly bytes: Uint8Array },
  ): Promise<Uint8Array>;
  /** Records that sending starts, after which no retry is automatic. On disk when it resolves. */
  startSending(claim: DeliveryClaim, options: { nowMs: number; leaseMs: number }): Promise<void>;
  /**
   * Extends the claim of a living worker. Returns false if another worker holds it by now, or the
   * delivery has ended.
   */
  renewClaim(claim: DeliveryClaim, options: { nowMs: number; leaseMs: number }): Promise<boolean>;
  settle(claim: DeliveryClaim, handed: SendResult, nowMs: number): Promise<Delivery>;
  /**
   * Releases deliveries whose worker died: `claimed` waits again, `handing` becomes ambiguous.
   * Returns those that changed.
   */
  expireClaims(nowMs: number): Promise<readonly Delivery[]>;
  /**
   * Records what a channel found out about a delivery: it was sent, or waits again. Only ambiguous
   * deliveries change.
   */
  settleAmbiguous(
    deliveryId: string,
    found: LookupResult,
    options: { readonly worker: string; readonly nowMs: number },
  ): Promise<void>;
  /**
   * @throws {Failure} `no-data` for an unknown delivery, `usage` if the resolution does not apply.
   */
  resolve(deliveryId: string, word: DeliveryResolution, nowMs: number): Promise<Delivery>;

  /** Refused, failed or ambiguous deliveries that the owner was not notified of. */
  unnotifiedTroubles(): Promise<readonly DeliveryEvent[]>;
  markNotified(refs: readonly number[], nowMs: number): Promise<void>;
}

export function createDeliveryStore(store: Store, transactions: Transactions): DeliveryStore {
  return {
    ...createReads(store, transactions),
    ...createWrites(store, transactions),
    ...createClaimWrites(store),
  };
}

/** Writes that need the claim of a delivery only, not the write lock. */
type ClaimWrites = Pick<DeliveryStore, 'renewClaim' | 'settle'>;
type Reads = Pick<
  DeliveryStore,
  | 'editions'
  | 'edition'
  | 'editionContent'
  | 'editionFile'
  | 'list'
  | 'events'
  | 'message'
  | 'unnotifiedTroubles'
>;

function createReads(store: Store, { read }: Transactions): Reads {
  return {
    editions: async (choice = {}) => read(() => readEditions(store, choice)),
    edition: async (id) => read(() => readEditions(store, { id })[0]),
    editionContent: async (id) => read(() => readEditionContent(store, id)),
    editionFile: async (id, name) => read(() => readEditionFile(store, id, name)),
    list: async (choice = {}) => read(() => readDeliveries(store, choice)),
    events: async (id) => read(() => readDeliveryEvents(store, id)),
    message: async (id) => read(() => readDeliveryMessage(store, id)),
    unnotifiedTroubles: async () => read(() => readUnnotified(store)),
  };
}

/** Each write is on disk when it resolves: a sent message must not be forgotten. */
function createWrites(
  store: Store,
  { writeDurably: write }: Transactions,
): Omit<DeliveryStore, keyof Reads | keyof ClaimWrites> {
  return {
    freezeEdition: async (report, nowMs) => write(() => writeEdition(store, report, nowMs)),
    plan: async (editionId, addresses, nowMs) =>
      write(() => planDeliveries(store, { editionId, addresses }, nowMs)),
    claim: async (id, options) => write(() => claimDelivery(store, id, options)),
    prepare: async (claim, message) => write(() => prepareDelivery(store, claim, message)),
    startSending: async (claim, options) => write(() => startSending(store, claim, options)),
    expireClaims: async (nowMs) => write(() => expireClaims(store, nowMs)),
    settleAmbiguous: async (id, found, options) =>
      write(() => settleAmbiguous(store, id, { found, ...options })),
    resolve: async (id, word, nowMs) => write(() => resolveDelivery(store, id, { word, nowMs })),
    markNotified: async (refs, nowMs) => write(() => markNotified(store, refs, nowMs)),
  };
}

/**
 * A sent message stays sent. The worker that sent it records that even after it lost the write
 * lock. The token of the delivery decides whether the record still counts.
 */
function createClaimWrites(store: Store): ClaimWrites {
  return {
    renewClaim: async (claim, options) =>
      runImmediately(store, () => renewClaim(store, claim, options)),
    settle: async (claim, handed, nowMs) =>
      runDurably(store.db, () =>
        runImmediately(store, () => settleDelivery(store, claim, { handed, nowMs })),
      ),
  };
}
