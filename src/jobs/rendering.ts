/** Renders a stored audit together with earlier audits and editions. */

import type { AuditRecord } from '../ledger/ledger.ts';
import type { ReportInput } from '../report/input.ts';
import type { Report } from '../report/report.ts';
import type { Audit } from '../verdict/audit.ts';
import type { AuditDetail } from '../verdict/auditDetail.ts';
import type { JobContext } from './context.ts';
import { withPdf } from './pdf.ts';
import { loadPreviousAudits, previousQuarterName } from './previousAudit.ts';

/**
 * The part of the report input that describes the edition: number, corrected editions and delay.
 */
export type EditionTerms = Pick<ReportInput, 'edition' | 'corrects' | 'correctsOwners' | 'late'>;

/** Earlier quarters that fit into the trend chart, beside this one. */
const QUARTERS_BEFORE = 5;

/** Renders an audit; the same audit and edition give the same bytes. */
export async function renderAudit(
  context: JobContext,
  { quarter, window, asOfMs, computedAtMs, auditJson, detailJson }: AuditRecord,
  terms: EditionTerms = {},
): Promise<Report> {
  const audit = JSON.parse(auditJson) as Audit;
  const detail = JSON.parse(detailJson) as AuditDetail;
  const most = QUARTERS_BEFORE;
  const history =
    quarter === undefined ? [] : await loadPreviousAudits(context, window, { asOfMs, most });
  const before = previousQuarterName(context, window);
  const previous = history.find((earlier) => earlier.quarter === before);
  const input: ReportInput = {
    audit,
    detail,
    history,
    ...(previous === undefined ? {} : { previous }),
    // Every deployment may get an owner later, so a frozen edition has a report for each.
    owners: audit.deployments.map(({ id }) => id),
    minMoveUsd: context.config.policy.minSavingUsd,
    ...mannerOf(context),
    ...terms,
  };
  return withPdf(context, computedAtMs, (notes) => context.render({ ...input, notes }));
}

function mannerOf({ config: { report } }: JobContext): Pick<ReportInput, 'format'> {
  if (report === undefined) return {};
  const { language, locale } = report;
  return { format: { language, ...(locale === undefined ? {} : { locale }) } };
}
