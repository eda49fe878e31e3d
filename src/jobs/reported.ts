/** Knows whether a quarter's report was made and, where it is to be, delivered. */

import type { JobContext } from './context.ts';

/** By the work log: `name` is a quarter's, e.g. `2026-Q3`. */
export async function isReported(
  { ledger }: Pick<JobContext, 'ledger'>,
  name: string,
): Promise<boolean> {
  const done = await ledger.workDone();
  return done.some(({ line, subject }) => line === 'quarter' && subject === name);
}
