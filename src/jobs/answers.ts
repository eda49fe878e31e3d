/** Reads the answers of a source one by one, and stops where it no longer brings a good one. */

import type { Fetched } from '../domain/provenance.ts';

/** The source was given up: it brought no good answer for `stallMs`. */
export const STALLED = Symbol('stalled');

/** The pull has had all of its time. */
export const OUT_OF_TIME = Symbol('out of time');

/** How long a pull may take. */
export interface Patience {
  readonly stallMs: number;
  readonly mostMs: number;
}

/**
 * Yields what the source brings, in order. Every answer that is no failure starts the time to stall
 * anew; a source that hangs, or fails again and again, ends in one {@link STALLED}, and one that
 * goes on and on in {@link OUT_OF_TIME}. What it still does then is its own: nobody listens any
 * more.
 */
export async function* answersOf(
  source: AsyncIterable<Fetched>,
  { stallMs, mostMs }: Patience,
): AsyncIterable<Fetched | typeof STALLED | typeof OUT_OF_TIME> {
  const answers = source[Symbol.asyncIterator]();
  const stall = timer(stallMs, STALLED);
  const most = timer(mostMs, OUT_OF_TIME);
  try {
    for (;;) {
      const next = await Promise.race([answers.next(), stall.over, most.over]);
      if (next === STALLED || next === OUT_OF_TIME) {
        yield next;
        return;
      }
      if (next.done === true) return;
      if (next.value.fetch.failure === undefined) stall.begin();
      yield next.value;
    }
  } finally {
    stall.end();
    most.end();
    // A source that hangs comes back to this when it is over, and then has nobody to tell.
    answers.return?.().then(ended, ended);
  }
}

function timer<End>(afterMs: number, reason: End) {
  const { promise: over, resolve } = Promise.withResolvers<End>();
  let running: NodeJS.Timeout | undefined;
  const end = () => clearTimeout(running);
  const begin = () => {
    end();
    running = setTimeout(() => resolve(reason), afterMs);
  };
  begin();
  return { over, begin, end };
}

function ended(): void {}
