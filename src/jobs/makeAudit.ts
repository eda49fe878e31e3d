/** An audit as it is made: facts gathered, weighed, decided and written down; nothing is stored. */

import { auditRows } from '../verdict/document/rows.ts';
import type { AuditWish, MadeAudit } from './context.ts';
import { gather } from './gather.ts';
import { type AuditBooks, type Weighed, weigh } from './weigh.ts';
import type { AuditedPeriod } from './window.ts';

/** The same facts and settings give the same bytes, wherever it runs. */
export async function makeAudit(books: AuditBooks, wish: AuditWish): Promise<MadeAudit> {
  books.progress('reading bills, usage and prices');
  const gathered = await gather({ ...books, ...wish });
  return recordOf(await weigh(books, { gathered, ...wish }), wish.audited);
}

function recordOf(
  { identity, economics, verdict, audit, detail }: Weighed,
  { window }: AuditedPeriod,
): MadeAudit {
  const { quarter, digests: _told, ...named } = identity;
  return {
    ...named,
    ...(quarter === null ? {} : { quarter }),
    window,
    auditJson: JSON.stringify(audit, null, 2),
    detailJson: JSON.stringify(detail),
    ...auditRows(economics, verdict),
  };
}
