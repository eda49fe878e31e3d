/**
 * The interface of a delivery channel: a message is built once, sent once, and its outcome is
 * reported.
 */

import type { SendResult, LookupResult } from '../domain/delivery.ts';
import type { ChannelFact } from '../domain/finding.ts';
import type { ReportBrief, ReportFile, ReportMessage } from '../domain/edition.ts';

/** The content of a message. A notice has no HTML, pictures or attachments. */
export interface MessageContent
  extends Pick<ReportMessage, 'subject' | 'text' | 'pictures' | 'attachments'> {
  readonly html?: string;
}

/** One message to one recipient, before it has a format. */
export interface OutgoingMessage {
  readonly letter: MessageContent;
  /** For channels with space for a few lines. */
  readonly brief: ReportBrief;
  /** Includes all files that the letter names. */
  readonly files: readonly ReportFile[];
  readonly from: string;
  readonly recipient: string;
  /** With angle brackets. The same for the same message to the same recipient. */
  readonly messageId: string;
  /** When the edition was frozen, in epoch milliseconds. */
  readonly dateMs: number;
  /** Where the edition can be read, if it has an address. */
  readonly link?: string;
}

export interface SendRequest {
  readonly recipient: string;
  /**
   * Awaited right before the last step, after which the receiver may have the message. If it
   * throws, nothing is sent and `hand` throws the same error.
   */
  readonly beforeSend: () => Promise<void>;
}

export interface Channel {
  /** E.g. `smtp`, `folder`. */
  readonly kind: string;
  /** The same input gives the same bytes. */
  prepare(outgoing: OutgoingMessage): Promise<Uint8Array>;
  /**
   * Sends what `prepare` built. Problems before `beforeSend` has resolved are `deferred` or
   * `refused`. Later ones without a clear reply are `ambiguous`.
   */
  send(message: Uint8Array, handing: SendRequest): Promise<SendResult>;
  /**
   * Finds out what became of a message whose worker died while sending, if the channel can. Returns
   * `unsent` only if it can no longer be sent, and `undefined` if in doubt.
   */
  lookUp?(message: Uint8Array, recipient: string): Promise<LookupResult | undefined>;
  /**
   * Connects, logs in and reports what the receiver answers. Sends nothing.
   * @throws {Failure} with the problem and how to fix it.
   */
  check(): Promise<ChannelFact>;
}
