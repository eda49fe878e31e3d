/** What a channel guarantees: a message is made once, sent once, and its outcome is reported. */

import type { Handed, LookedUp } from '../domain/delivery.ts';
import type { ChannelFact } from '../domain/finding.ts';
import type { ReportBrief, ReportFile, ReportLetter } from '../domain/letter.ts';

/** What a message says. A notice has no page, no pictures and nothing attached. */
export interface ParcelLetter
  extends Pick<ReportLetter, 'subject' | 'text' | 'pictures' | 'attachments'> {
  readonly html?: string;
}

/** One message to one recipient, before it has a form. */
export interface Parcel {
  readonly letter: ParcelLetter;
  /** For channels with room for a few lines. */
  readonly brief: ReportBrief;
  /** At least those that the letter names. */
  readonly files: readonly ReportFile[];
  readonly from: string;
  readonly recipient: string;
  /** With angle brackets; the same for the same letter to the same recipient. */
  readonly messageId: string;
  /** When the edition was frozen. */
  readonly dateMs: number;
  /** Where the edition can be read, if it can. */
  readonly link?: string;
}

export interface Handing {
  readonly recipient: string;
  /**
   * Awaited right before the point of no return, after which the other side may have taken the
   * message. When it throws, nothing is handed over and `hand` throws the same.
   */
  readonly beforeHandOver: () => Promise<void>;
}

export interface Channel {
  /** E.g. `smtp`, `folder`. */
  readonly kind: string;
  /** The same parcel gives the same bytes. */
  prepare(parcel: Parcel): Promise<Uint8Array>;
  /**
   * Hands over what `prepare` made. Whatever goes wrong before `beforeHandOver` has resolved is
   * `deferred` or `refused`; afterwards, without a clear answer, `ambiguous`.
   */
  hand(message: Uint8Array, handing: Handing): Promise<Handed>;
  /**
   * Where the other side can be asked: what became of a message whose handing over began and whose
   * worker is gone. `unsent` only where nobody can hand it over any more; `undefined` in doubt.
   */
  lookUp?(message: Uint8Array, recipient: string): Promise<LookedUp | undefined>;
  /**
   * What the other side reports after a connection and login; sends nothing.
   * @throws {Failure} that says what is wrong and how to fix it.
   */
  check(): Promise<ChannelFact>;
}
