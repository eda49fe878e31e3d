/** Reads the responses of a source one by one, and stops if no valid one arrives in time. */

import type { Fetched } from '../domain/provenance.ts';

/** The pull was stopped: no valid response for `stallMs`. */
export const STALLED = Symbol('stalled');

/** The pull was stopped: it took longer than `mostMs`. */
export const OUT_OF_TIME = Symbol('out of time');

/** How long a pull may take. */
export interface PullTimeouts {
  readonly stallMs: number;
  readonly mostMs: number;
}

/**
 * Yields the responses of the source in order. Each valid response restarts the stall timer. A
 * source that hangs or keeps failing ends with one {@link STALLED}, one that never ends with one
 * {@link OUT_OF_TIME}. Whatever the source does after that is ignored.
 */
export async function* readResponses(
  source: AsyncIterable<Fetched>,
  { stallMs, mostMs }: PullTimeouts,
): AsyncIterable<Fetched | typeof STALLED | typeof OUT_OF_TIME> {
  const responses = source[Symbol.asyncIterator]();
  const stall = timer(stallMs, STALLED);
  const most = timer(mostMs, OUT_OF_TIME);
  try {
    for (;;) {
      const next = await Promise.race([responses.next(), stall.over, most.over]);
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
    // A hanging source settles this call much later; its result is ignored.
    responses.return?.().then(ignore, ignore);
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

function ignore(): void {}
