/** The interface for editions and their deliveries. */

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

export interface FreezeOutcome {
  readonly edition: Edition;
  /** False if this audit was frozen before. That edition stays, even if the bytes differ. */
  readonly isNew: boolean;
}

export interface ClaimOptions {
  readonly worker: string;
  readonly nowMs: number;
  /** How long the claim excludes other workers. */
  readonly leaseMs: number;
}

export interface DeliveryLog {
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
  planDeliveries(
    editionId: string,
    addresses: readonly DeliveryAddress[],
    nowMs: number,
  ): Promise<readonly Delivery[]>;
  /** In the order in which they were planned. */
  deliveries(choice?: { edition?: string }): Promise<readonly Delivery[]>;
  /** The events of a delivery, oldest first. */
  deliveryEvents(deliveryId: string): Promise<readonly DeliveryEvent[]>;
  /** The message to send, or `undefined` before it was prepared. */
  deliveryMessage(deliveryId: string): Promise<Uint8Array | undefined>;
  /** Returns `undefined` if the delivery is not waiting, not due yet, or claimed. */
  claimDelivery(deliveryId: string, options: ClaimOptions): Promise<DeliveryClaim | undefined>;
  /**
   * Stores the message, or finds a stored one, and returns the bytes to send. They are the same on
   * every attempt.
   * @throws {Failure} `lost-claim` if another worker holds the claim by now. The next two methods
   * throw it too.
   */
  prepareDelivery(
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
  settleDelivery(claim: DeliveryClaim, handed: SendResult, nowMs: number): Promise<Delivery>;
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
  resolveDelivery(deliveryId: string, word: DeliveryResolution, nowMs: number): Promise<Delivery>;

  /** Refused, failed or ambiguous deliveries that the owner was not notified of. */
  unnotifiedTroubles(): Promise<readonly DeliveryEvent[]>;
  markNotified(refs: readonly number[], nowMs: number): Promise<void>;
}
