/** What the ledger promises of editions and of their deliveries. */

import type {
  Address,
  Claim,
  Delivery,
  DeliveryEvent,
  Handed,
  LookedUp,
  Resolution,
} from '../domain/delivery.ts';
import type { Edition, EditionContent, ReportToFreeze } from '../domain/edition.ts';
import type { ReportFile } from '../domain/letter.ts';

export interface FreezeOutcome {
  readonly edition: Edition;
  /** False where this audit had been frozen before: that edition stands, whatever the bytes. */
  readonly isNew: boolean;
}

export interface ClaimWish {
  readonly worker: string;
  readonly nowMs: number;
  /** For how long nobody else may take it. */
  readonly leaseMs: number;
}

export interface Post {
  /**
   * Freezes a report under the next number of its quarter. One audit has one edition: freezing it
   * again answers the one there is. `undefined` where the report prints another number than the
   * next one, because another edition came between: render it anew.
   */
  freezeEdition(report: ReportToFreeze, nowMs: number): Promise<FreezeOutcome | undefined>;
  /** Newest quarter first, in it the newest edition first. */
  editions(choice?: { quarter?: string; runId?: string }): Promise<readonly Edition[]>;
  edition(id: string): Promise<Edition | undefined>;
  /** @throws {Failure} `no-data` for an unknown edition, `ledger-corrupt` where a digest is off. */
  editionContent(id: string): Promise<EditionContent>;
  /**
   * The bytes of one file; `undefined` for a name that the edition does not have.
   * @throws {Failure} `no-data` for an unknown edition, `ledger-corrupt` where a digest is off.
   */
  editionFile(id: string, name: string): Promise<ReportFile | undefined>;

  /**
   * Writes down who gets what, before anything is sent; who is there already stays as is. Answers
   * all deliveries of the edition.
   */
  planDeliveries(
    editionId: string,
    addresses: readonly Address[],
    nowMs: number,
  ): Promise<readonly Delivery[]>;
  /** In the order in which they were planned. */
  deliveries(choice?: { edition?: string }): Promise<readonly Delivery[]>;
  /** What happened to a delivery, oldest first. */
  deliveryEvents(deliveryId: string): Promise<readonly DeliveryEvent[]>;
  /** The message as it goes out; `undefined` before it was prepared. */
  deliveryMessage(deliveryId: string): Promise<Uint8Array | undefined>;
  /** `undefined` where it is not waiting, not due yet, or somebody else's. */
  claimDelivery(deliveryId: string, wish: ClaimWish): Promise<Claim | undefined>;
  /**
   * Keeps the message, or finds one kept: answers what goes out, the same bytes on every try.
   * @throws {Failure} `lost-claim` where the claim is somebody else's by now, like the next two.
   */
  prepareDelivery(
    claim: Claim,
    message: { readonly messageId: string; readonly bytes: Uint8Array },
  ): Promise<Uint8Array>;
  /** Past it nobody sends this again by himself. On disk when it resolves. */
  handOver(claim: Claim, wish: { nowMs: number; leaseMs: number }): Promise<void>;
  /**
   * Says that the worker still lives, so that nobody takes its delivery for one of the dead.
   * Answers false where the claim is somebody else's by now, or what it was for has ended.
   */
  renewClaim(claim: Claim, wish: { nowMs: number; leaseMs: number }): Promise<boolean>;
  settleDelivery(claim: Claim, handed: Handed, nowMs: number): Promise<Delivery>;
  /**
   * Whoever died with a delivery in hand: `claimed` waits again, `handing` becomes ambiguous.
   * Answers those that changed.
   */
  lapseDeliveries(nowMs: number): Promise<readonly Delivery[]>;
  /**
   * Writes down what a channel found of a delivery: it is sent, or waits again. One that is not
   * ambiguous (any more) stays as it is.
   */
  settleDoubt(
    deliveryId: string,
    found: LookedUp,
    wish: { readonly worker: string; readonly nowMs: number },
  ): Promise<void>;
  /** @throws {Failure} `no-data` for an unknown delivery, `usage` where the word makes no sense. */
  resolveDelivery(deliveryId: string, word: Resolution, nowMs: number): Promise<Delivery>;

  /** What stands refused, failed or ambiguous, and the report's owner was not told of yet. */
  untoldTroubles(): Promise<readonly DeliveryEvent[]>;
  markTold(refs: readonly number[], nowMs: number): Promise<void>;
}
