/** Earlier audits: the newest one of each earlier quarter. */

import { type Period, previousQuarter, quarterAt, quarterText } from '../domain/period.ts';
import type { Config } from '../config/config.ts';
import type { Audit } from '../verdict/audit.ts';
import type { JobContext } from './context.ts';

type Books = Pick<JobContext, 'ledger'> & { readonly config: Pick<Config, 'fiscal'> };

/**
 * `undefined` where that quarter was not audited by what was known at `asOfMs`. `window` is a
 * quarter's, or a part of one.
 */
export async function auditBefore(
  books: Books,
  window: Period,
  asOfMs: number,
): Promise<Audit | undefined> {
  const [before] = await auditsBefore(books, window, { asOfMs, most: 1 });
  return before;
}

/** The name of the quarter before the one in which a window lies. */
export function quarterBefore({ config }: Pick<Books, 'config'>, { startMs }: Period): string {
  return quarterText(previousQuarter(quarterAt(startMs, config.fiscal.startMonth)));
}

/**
 * Of so many quarters before, the latest first, those that were audited; see {@link auditBefore}.
 */
export async function auditsBefore(
  { config, ledger }: Books,
  window: Period,
  { asOfMs, most }: { readonly asOfMs: number; readonly most: number },
): Promise<Audit[]> {
  const found: Audit[] = [];
  let quarter = quarterAt(window.startMs, config.fiscal.startMonth);
  for (let back = 0; back < most; back += 1) {
    quarter = previousQuarter(quarter);
    const record = await ledger.loadAudit({ quarter: quarterText(quarter), asOfMs });
    if (record !== undefined) found.push(JSON.parse(record.auditJson) as Audit);
  }
  return found;
}
