/** How long tests wait: long limits, since a busy machine may pause everything. */

/** For a state that a test waits for. A hang is reported after this time. */
export const LIMIT_MS = 90_000;

/**
 * A pause after which all data that arrived in it was read. A timer may fire before pending reads.
 */
export async function waitAndDrain(ms: number): Promise<void> {
  await new Promise((over) => setTimeout(over, ms));
  for (let turn = 0; turn < 10; turn += 1) await new Promise((next) => setImmediate(next));
}
