/**
 * Makes an audit: gathers facts, compares options, decides and writes the document; stores nothing.
 */

import { toAuditRows } from '../verdict/document/rows.ts';
import type { AuditRequest, MadeAudit } from './context.ts';
import { gather } from './gather.ts';
import { type AuditContext, type ComputedAudit, computeAudit } from './weigh.ts';
import type { AuditedPeriod } from './window.ts';

/** Makes an audit; the same facts and settings give the same bytes, wherever it runs. */
export async function makeAudit(context: AuditContext, request: AuditRequest): Promise<MadeAudit> {
  context.progress('reading bills, usage and prices');
  const gathered = await gather({ ...context, ...request });
  return recordOf(await computeAudit(context, { gathered, ...request }), request.audited);
}

function recordOf(
  { identity, economics, verdict, audit, detail }: ComputedAudit,
  { window }: AuditedPeriod,
): MadeAudit {
  const { quarter, digests: _digests, ...named } = identity;
  return {
    ...named,
    ...(quarter === null ? {} : { quarter }),
    window,
    auditJson: JSON.stringify(audit, null, 2),
    detailJson: JSON.stringify(detail),
    ...toAuditRows(economics, verdict),
  };
}
