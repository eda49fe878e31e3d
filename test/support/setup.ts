/** Knows what must hold before the first test: a Node on which the native parts do not crash. */

export async function setup(): Promise<void> {
  await import('../../src/guard.js');
}
