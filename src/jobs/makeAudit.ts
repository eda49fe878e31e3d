/**
 * Makes an audit: gathers facts, compares options, decides and writes the document; stores nothing.
 */

import { auditRows } from '../verdict/document/rows.ts';
import type { AuditWish, MadeAudit } from './context.ts';
import { gather } from './gather.ts';
import { type AuditBooks, type Weighed, weigh } from './weigh.ts';
import type { AuditedPeriod } from './window.ts';

/** Makes an audit; the same facts and settings give the same bytes, wherever it runs. */
export async function makeAudit(context: AuditBooks, request: AuditWish): Promise<MadeAudit> {
  context.progress('reading bills, usage and prices');
  const gathered = await gather({ ...context, ...request });
  return recordOf(await weigh(context, { gathered, ...request }), request.audited);
}

function recordOf(
  { identity, economics, verdict, audit, detail }: Weighed,
  { window }: AuditedPeriod,
): MadeAudit {
  const { quarter, digests: _digests, ...named } = identity;
  return {
    ...named,
    ...(quarter === null ? {} : { quarter }),
    window,
    auditJson: JSON.stringify(audit, null, 2),
    detailJson: JSON.stringify(detail),
    ...auditRows(economics, verdict),
  };
}
