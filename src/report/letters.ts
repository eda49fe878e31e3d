/**
 * Renders a message for one role: leaders get the page, owners one deployment, finance the tables.
 */

import type { ChartPlan } from './charts/chart.ts';
import { chartFile } from './files.ts';
import { renderHtml } from './html.ts';
import type { ReportMessage } from '../domain/letter.ts';
import { renderText } from './text.ts';
import type { PageText } from './words.ts';

interface MessageContent {
  readonly words: PageText;
  readonly subject: string;
  /** All plans, with or without a picture. */
  readonly plans: readonly ChartPlan[];
  readonly attachments: readonly string[];
}

/** Renders a page as text and HTML, with the file names of its pictures. */
export async function renderMessage(
  recipient: Pick<ReportMessage, 'role' | 'deployment' | 'corrects'>,
  { words, subject, plans, attachments }: MessageContent,
): Promise<ReportMessage> {
  return {
    ...recipient,
    subject,
    text: renderText(words, plans),
    html: await renderHtml({ words, subject, charts: plans }),
    pictures: plans
      .filter(({ spec }) => spec !== undefined)
      .map((plan) => ({ cid: plan.id, file: chartFile(plan) })),
    attachments,
  };
}
