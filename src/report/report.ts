/**
 * Knows the whole edition: one audit in, the same words out as subject, text, page, charts and
 * data.
 */

import type { Audit } from '../verdict/audit.ts';
import type { AuditDetail } from '../verdict/auditDetail.ts';
import { type Chart, drawCharts } from './charts/chart.ts';
import { chartPlans, planOf } from './charts/charts.ts';
import { renderHtml } from './html.ts';
import { reportJson } from './json.ts';
import { renderSubject } from './subject.ts';
import { renderText } from './text.ts';
import { reportWords } from './words.ts';

export interface Report {
  readonly subject: string;
  /** The answer in one sentence, for who has room for no more. */
  readonly headline: string;
  readonly text: string;
  /** For a mail: pictures are `cid:` of the charts' ids. A file wants `htmlForFile`. */
  readonly html: string;
  readonly charts: readonly Chart[];
  /** The audit, `rentcheck/audit/1`. */
  readonly json: string;
}

export interface ReportInput {
  readonly audit: Audit;
  readonly detail: AuditDetail;
  /** The audit of the quarter before, to tell what changed. */
  readonly previous?: Audit;
}

/** The same audit gives the same bytes; nothing is asked of clock, network or browser. */
export async function renderReport({ audit, detail, previous }: ReportInput): Promise<Report> {
  const words = reportWords(audit, previous);
  const plans = chartPlans({ audit, detail });
  const subject = renderSubject(words);
  const placed = [planOf(plans, 'weekly-price'), planOf(plans, 'load-duration')] as const;
  return {
    subject,
    headline: words.headline,
    text: renderText(words, placed),
    html: await renderHtml({ words, subject, charts: placed }),
    charts: await drawCharts(placed),
    json: reportJson(audit),
  };
}
