/**
 * Knows the whole edition: one audit in, the same words out as letters, page, text, charts and
 * tables.
 */

import type { Manner } from '../domain/manner.ts';
import type { Audit } from '../verdict/audit.ts';
import type { AuditDetail } from '../verdict/auditDetail.ts';
import { briefOf } from './brief.ts';
import { drawCharts } from './charts/chart.ts';
import { chartPlans } from './charts/charts.ts';
import { filesOf } from './files.ts';
import { renderHtml } from './html.ts';
import type { ReportBrief, ReportFile, ReportLetter } from './letter.ts';
import { lettersOf } from './letters.ts';
import { renderSubject } from './subject.ts';
import { renderText } from './text.ts';
import { reportWords } from './words.ts';

export interface Report {
  readonly subject: string;
  /** The answer in one sentence, for who has room for no more. */
  readonly headline: string;
  readonly brief: ReportBrief;
  /** The leader's, finance's, and one for each deployment in `owners`. */
  readonly letters: readonly ReportLetter[];
  readonly files: readonly ReportFile[];
}

export interface ReportInput {
  readonly audit: Audit;
  readonly detail: AuditDetail;
  /** The audit of the quarter before, to tell what changed. */
  readonly previous?: Audit;
  /** Audits of earlier quarters, the oldest first, for the trend of the quarters. */
  readonly history?: readonly Audit[];
  /** 1 for the first report on a quarter; none for one that is not kept as an edition. */
  readonly edition?: number;
  /** The edition that this one replaces, and the audit it told. */
  readonly corrects?: { readonly number: number; readonly audit: Audit };
  /** Deployments whose owner wants a letter. */
  readonly owners?: readonly string[];
  /** Set where the report goes out after the day on which it was due. */
  readonly late?: Lateness;
  readonly manner?: Manner;
}

export interface Lateness {
  readonly dueMs: number;
  readonly sentMs: number;
  /** Why, as a sentence, where it is known. */
  readonly reason?: string;
}

/** The same input gives the same bytes; nothing is asked of clock, network or browser. */
export async function renderReport(input: ReportInput): Promise<Report> {
  const { audit, detail, previous, history = [] } = input;
  const words = reportWords(audit, previous);
  const plans = chartPlans({ audit, detail, history });
  const charts = await drawCharts(plans);
  const subject = renderSubject(words);
  const html = await renderHtml({ words, subject, charts: plans });
  const text = renderText(words, plans);
  return {
    subject,
    headline: words.headline,
    brief: briefOf(words, subject),
    letters: lettersOf({ words, subject, html, text, charts, owners: input.owners ?? [] }),
    files: filesOf({ audit, html, text, charts }),
  };
}
