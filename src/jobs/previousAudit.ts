/** Knows the audit before an audit: the newest one of the quarter before. */

import { type Period, previousQuarter, quarterAt, quarterText } from '../domain/period.ts';
import type { Audit } from '../verdict/audit.ts';
import type { JobContext } from './context.ts';

/**
 * `undefined` where that quarter was not audited by what was known at `asOfMs`. `window` is a
 * quarter's, or a part of one.
 */
export async function auditBefore(
  { config, ledger }: Pick<JobContext, 'config' | 'ledger'>,
  window: Period,
  asOfMs: number,
): Promise<Audit | undefined> {
  const before = previousQuarter(quarterAt(window.startMs, config.fiscal.startMonth));
  const record = await ledger.loadAudit({ quarter: quarterText(before), asOfMs });
  return record === undefined ? undefined : (JSON.parse(record.auditJson) as Audit);
}
