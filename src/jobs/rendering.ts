/** Renders a stored audit together with earlier audits and editions. */

import type { AuditRecord } from '../ledger/ledger.ts';
import type { ReportInput } from '../report/input.ts';
import type { Report } from '../report/report.ts';
import type { Audit } from '../verdict/audit.ts';
import type { AuditDetail } from '../verdict/auditDetail.ts';
import type { JobContext } from './context.ts';
import { withPdf } from './pdf.ts';
import { auditsBefore, quarterBefore } from './previousAudit.ts';

/** What a report says of itself as an edition. */
export type EditionWords = Pick<ReportInput, 'edition' | 'corrects' | 'correctsOwners' | 'late'>;

/** As many as the trend of the quarters has room for, beside this one. */
const QUARTERS_BEFORE = 5;

/** The same audit and words give the same bytes. */
export async function renderAudit(
  context: JobContext,
  { quarter, window, asOfMs, computedAtMs, auditJson, detailJson }: AuditRecord,
  words: EditionWords = {},
): Promise<Report> {
  const audit = JSON.parse(auditJson) as Audit;
  const detail = JSON.parse(detailJson) as AuditDetail;
  const most = QUARTERS_BEFORE;
  const history =
    quarter === undefined ? [] : await auditsBefore(context, window, { asOfMs, most });
  const before = quarterBefore(context, window);
  const previous = history.find((earlier) => earlier.quarter === before);
  const input: ReportInput = {
    audit,
    detail,
    history,
    ...(previous === undefined ? {} : { previous }),
    // Any of them may have an owner one day: what is frozen holds a letter for each.
    owners: audit.deployments.map(({ id }) => id),
    minMoveUsd: context.config.policy.minSavingUsd,
    ...mannerOf(context),
    ...words,
  };
  return withPdf(context, computedAtMs, (notes) => context.render({ ...input, notes }));
}

function mannerOf({ config: { report } }: JobContext): Pick<ReportInput, 'manner'> {
  if (report === undefined) return {};
  const { language, locale } = report;
  return { manner: { language, ...(locale === undefined ? {} : { locale }) } };
}
