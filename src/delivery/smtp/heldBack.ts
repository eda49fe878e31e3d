/** How a message goes out but for its end, until it may be finished. */

import { Readable } from 'node:stream';

/** Nearly all is out before anybody is asked. */
const TAIL_BYTES = 2;

/**
 * A stream of the message which asks `mayEnd` before its last bytes, once all others are taken.
 * When that throws, the stream fails without an end.
 */
export class HeldBack extends Readable {
  readonly #head: Uint8Array;
  readonly #tail: Uint8Array;
  readonly #mayEnd: () => Promise<void>;
  #begun = false;
  #stopped = false;
  #released = false;
  #asking: Promise<void> | undefined;
  #problem: { readonly error: unknown } | undefined;

  constructor(message: Uint8Array, mayEnd: () => Promise<void>) {
    // Nothing is read ahead: a second read says that the first piece is taken.
    super({ highWaterMark: 1 });
    const cut = Math.max(message.byteLength - TAIL_BYTES, 0);
    this.#head = message.subarray(0, cut);
    this.#tail = message.subarray(cut);
    this.#mayEnd = mayEnd;
  }

  /**
   * True from the moment at which the end was let go. Before it no server may have taken the
   * message (RFC 5321, 4.1.1.4); after it only an answer tells.
   */
  get released(): boolean {
    return this.#released;
  }

  /** What `mayEnd` threw, if it did. */
  get problem(): { readonly error: unknown } | undefined {
    return this.#problem;
  }

  /** From now on the end is not let go any more; resolves when nobody is being asked either. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#asking;
  }

  override _read(): void {
    if (!this.#begun && this.#head.byteLength > 0) this.push(this.#head);
    else this.#asking ??= this.#ask();
    this.#begun = true;
  }

  async #ask(): Promise<void> {
    try {
      await this.#mayEnd();
    } catch (error) {
      this.#problem = { error };
    }
    if (this.#stopped) return;
    if (this.#problem === undefined) {
      this.#released = true;
      this.push(this.#tail);
      this.push(null);
      // Not the error itself: nodemailer writes a code of its own on what fails a stream.
    } else this.destroy(new Error('the message may not be finished'));
  }
}
