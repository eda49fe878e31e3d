/** Knows how a message goes out but for its end, until it may be finished. */

import { Readable } from 'node:stream';

export interface HeldBack {
  readonly stream: Readable;
  /**
   * True from the moment at which the end was let go. Before it no server may have taken the
   * message (RFC 5321, 4.1.1.4); after it only an answer tells.
   */
  readonly released: () => boolean;
  /** From now on the end is not let go any more; resolves when nobody is asked any more either. */
  stop(): Promise<void>;
  /** What `mayEnd` threw, if it did. */
  readonly problem: () => { readonly error: unknown } | undefined;
}

/** Nearly all is out before anybody is asked. */
const TAIL_BYTES = 2;

/**
 * A stream of the message which asks `mayEnd` before its last bytes, once all others are taken.
 * When that throws, the stream fails without an end.
 */
export function heldBack(message: Uint8Array, mayEnd: () => Promise<void>): HeldBack {
  const bytes = Buffer.from(message);
  const cut = Math.max(bytes.length - TAIL_BYTES, 0);
  let released = false;
  let stopped = false;
  let problem: { error: unknown } | undefined;
  let asking: Promise<void> | undefined;
  const letGo = async () => {
    try {
      await mayEnd();
    } catch (error) {
      problem = { error };
    }
    if (stopped) return;
    if (problem !== undefined) {
      // Not the error itself: nodemailer writes its own code on what fails a stream.
      stream.destroy(new Error('the message may not be finished'));
      return;
    }
    released = true;
    stream.push(bytes.subarray(cut));
    stream.push(null);
  };
  let begun = false;
  const stream = new Readable({
    // Read ahead nothing: a second read says that the first piece is taken.
    highWaterMark: 1,
    read() {
      if (!begun && cut > 0) stream.push(bytes.subarray(0, cut));
      else asking ??= letGo();
      begun = true;
    },
  });
  return {
    stream,
    released: () => released,
    problem: () => problem,
    async stop() {
      stopped = true;
      await asking;
    },
  };
}
