/** A stream that holds back the end of a message until it may be sent. */

import { Readable } from 'node:stream';

/** Small, so that nearly everything is sent before the last check. */
const TAIL_BYTES = 2;

/**
 * A stream of the message that calls `mayEnd` before its last bytes, after all others were read. If
 * `mayEnd` throws, the stream fails without an end.
 */
export class HeldBackStream extends Readable {
  readonly #head: Uint8Array;
  readonly #tail: Uint8Array;
  readonly #mayEnd: () => Promise<void>;
  #begun = false;
  #stopped = false;
  #released = false;
  #asking: Promise<void> | undefined;
  #problem: { readonly error: unknown } | undefined;

  constructor(message: Uint8Array, mayEnd: () => Promise<void>) {
    // No read-ahead: a second read means that the first piece was consumed.
    super({ highWaterMark: 1 });
    const cut = Math.max(message.byteLength - TAIL_BYTES, 0);
    this.#head = message.subarray(0, cut);
    this.#tail = message.subarray(cut);
    this.#mayEnd = mayEnd;
  }

  /**
   * True once the end was released. Before that no server may have accepted the message (RFC 5321,
   * 4.1.1.4). Afterwards only its reply settles the outcome.
   */
  get released(): boolean {
    return this.#released;
  }

  /** What `mayEnd` threw. */
  get problem(): { readonly error: unknown } | undefined {
    return this.#problem;
  }

  /** Keeps the end from being released, and resolves when no call of `mayEnd` is pending. */
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
      // Use a new error, because nodemailer adds its own code to the error of a stream.
    } else this.destroy(new Error('the message may not be finished'));
  }
}
