/** Loads earlier audits: the newest one of each earlier quarter. */

import type { Period } from '../domain/period.ts';
import { previousQuarter, quarterAt, quarterText, quartersBefore } from '../calendar/quarter.ts';
import type { Config } from '../config/config.ts';
import type { Audit } from '../verdict/audit.ts';
import type { JobContext } from './job.ts';

type AuditHistory = Pick<JobContext, 'ledger'> & { readonly config: Pick<Config, 'fiscal'> };

/**
 * Returns the audit of the quarter before `window`, which is a quarter or part of one. Returns
 * `undefined` if that quarter had no audit at `asOfMs`.
 */
export async function loadPreviousAudit(
  history: AuditHistory,
  window: Period,
  asOfMs: number,
): Promise<Audit | undefined> {
  const [before] = await loadPreviousAudits(history, window, { asOfMs, most: 1 });
  return before;
}

/** Returns the name of the quarter before the one that contains the window. */
export function previousQuarterName(
  { config }: Pick<AuditHistory, 'config'>,
  { startMs }: Period,
): string {
  return quarterText(previousQuarter(quarterAt(startMs, config.fiscal.startMonth)));
}

/**
 * Returns the audits of up to `most` earlier quarters, the latest first; see
 * {@link loadPreviousAudit}.
 */
export async function loadPreviousAudits(
  { config, ledger }: AuditHistory,
  window: Period,
  { asOfMs, most }: { readonly asOfMs: number; readonly most: number },
): Promise<Audit[]> {
  const found: Audit[] = [];
  const current = quarterAt(window.startMs, config.fiscal.startMonth);
  for (const quarter of quartersBefore(current, most)) {
    const record = await ledger.audits.load({ quarter: quarterText(quarter), asOfMs });
    if (record !== undefined) found.push(JSON.parse(record.auditJson) as Audit);
  }
  return found;
}
