/**
 * Knows the whole edition: one audit in, the same words out as subject, text, page, charts and
 * data.
 */

import type { Audit } from '../verdict/audit.ts';
import type { AuditDetail } from '../verdict/auditDetail.ts';
import { type Chart, drawChart } from './charts/chart.ts';
import { loadPlan } from './charts/load.ts';
import { weeklyPlan } from './charts/weekly.ts';
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
  const plans = [weeklyPlan(detail), loadPlan(detail)] as const;
  const subject = renderSubject(words);
  return {
    subject,
    headline: words.headline,
    text: renderText(words, plans),
    html: await renderHtml({ words, subject, charts: plans }),
    charts: await Promise.all(plans.map(drawChart)),
    json: reportJson(audit),
  };
}
