/** Knows how long a test waits for what must come: long, for on a busy machine all stands still. */

/** For a state that a test waits for; what hangs is told after this. */
export const LIMIT_MS = 90_000;

/** A pause after which all is heard that came in it: a timer may end before anything is read. */
export async function meanwhile(ms: number): Promise<void> {
  await new Promise((over) => setTimeout(over, ms));
  for (let turn = 0; turn < 10; turn += 1) await new Promise((next) => setImmediate(next));
}
