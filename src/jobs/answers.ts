/** Reads the answers of a source one by one, and stops where it no longer brings a good one. */

import type { Fetched } from '../domain/provenance.ts';

/** The source was given up: it brought no good answer for `stallMs`. */
export const STALLED = Symbol('stalled');

/**
 * Yields what the source brings, in order. Every answer that is no failure starts the time anew, so
 * that a long history takes as long as it takes; a source that hangs, or fails again and again,
 * ends in one {@link STALLED}. What it still does then is its own: nobody listens any more.
 */
export async function* answersOf(
  source: AsyncIterable<Fetched>,
  stallMs: number,
): AsyncIterable<Fetched | typeof STALLED> {
  const answers = source[Symbol.asyncIterator]();
  const stall = stallTimer(stallMs);
  try {
    for (;;) {
      const next = await Promise.race([answers.next(), stall.over]);
      if (next === STALLED) {
        yield STALLED;
        return;
      }
      if (next.done === true) return;
      if (next.value.fetch.failure === undefined) stall.begin();
      yield next.value;
    }
  } finally {
    stall.end();
    // A source that hangs comes back to this when it is over, and then has nobody to tell.
    answers.return?.().then(ended, ended);
  }
}

function stallTimer(stallMs: number) {
  const { promise: over, resolve } = Promise.withResolvers<typeof STALLED>();
  let timer: NodeJS.Timeout | undefined;
  const end = () => clearTimeout(timer);
  const begin = () => {
    end();
    timer = setTimeout(() => resolve(STALLED), stallMs);
  };
  begin();
  return { over, begin, end };
}

function ended(): void {}
