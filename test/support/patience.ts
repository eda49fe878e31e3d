/** Knows how long a test waits for what must come: long, for on a busy machine all stands still. */

/** For a state that a test waits for; what hangs is told after this. */
export const LIMIT_MS = 90_000;
