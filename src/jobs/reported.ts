/** Whether a quarter's report was made and, if required, delivered. */

import type { WorkLog } from '../ledger/workLog.ts';

/** What of the ledger tells it. */
interface Books {
  readonly ledger: Pick<WorkLog, 'workDone'>;
}

/** How the work log calls that everybody whom the config names was planned for. */
export const HANDED_OUT = 'handed-out';

/** By the work log: `name` is a quarter's, e.g. `2026-Q3`. */
export function isReported(books: Books, name: string): Promise<boolean> {
  return isDone(books, ['quarter'], name);
}

/** Whether everybody whom the config named then was written down as a reader of the quarter. */
export function isHandedOut(books: Books, name: string): Promise<boolean> {
  return isDone(books, ['quarter', HANDED_OUT], name);
}

async function isDone({ ledger }: Books, lines: readonly string[], name: string) {
  const done = await ledger.workDone();
  return done.some(({ line, subject }) => lines.includes(line) && subject === name);
}
