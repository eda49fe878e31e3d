/** Renders a whole edition from one audit: messages, page, text, charts and tables. */

import { type ChartPlan, drawCharts } from './charts/chart.ts';
import { chartFile, chartFiles, textFile } from './files.ts';
import { renderHtml, toFileHtml } from './html.ts';
import type { ReportBrief, ReportFile, ReportMessage } from '../domain/edition.ts';
import { buildReportParts, type OwnerParts, type ReportParts } from './reportParts.ts';
import type { ReportInput } from './input.ts';
import { renderText } from './text.ts';
import type { PageText } from './reportText.ts';

export interface Report {
  readonly subject: string;
  /** The verdict in one sentence. */
  readonly headline: string;
  readonly brief: ReportBrief;
  /** Messages for the leader, for finance, and for each deployment in `owners`. */
  readonly letters: readonly ReportMessage[];
  readonly files: readonly ReportFile[];
  /** Every printable figure by id: `stack.saving`, `chat-70b.utilization`. */
  readonly figures: readonly { readonly id: string; readonly text: string }[];
}

/**
 * Renders the report. The same input gives the same bytes: it uses no clock, network or browser.
 */
export async function renderReport(input: ReportInput): Promise<Report> {
  const texts = buildReportParts(input);
  const { subject, words, brief, data, attachments, figures, plans, owners } = texts;
  const corrects = pickCorrection(texts);
  // Other threads draw the pictures while this one renders the pages.
  const [pictures, leader, finance, ...own] = await Promise.all([
    drawCharts([...plans, ...owners.flatMap((owner) => owner.plans)]),
    renderMessage({ role: 'leader', ...corrects }, { words, subject, plans, attachments }),
    financeLetter(texts),
    ...owners.map((owner) => ownerLetter(owner, attachments)),
  ]);
  return {
    subject,
    headline: words.headline,
    brief,
    letters: [leader, finance, ...own],
    files: [
      textFile('report.html', toFileHtml(leader.html, plans)),
      textFile('report.txt', leader.text),
      ...data,
      ...chartFiles(pictures),
    ],
    figures,
  };
}

function pickCorrection({
  corrects,
}: Pick<ReportParts, 'corrects'>): Pick<ReportMessage, 'corrects'> {
  return corrects === undefined ? {} : { corrects };
}

function financeLetter(texts: ReportParts): Promise<ReportMessage> {
  const { finance, subject } = texts;
  const recipient = { role: 'finance', ...pickCorrection(texts) } as const;
  const attachments = texts.attachments.filter((name) => name.endsWith('.csv'));
  return renderMessage(recipient, { words: finance, subject, plans: [], attachments });
}

const OWNER_FILES: readonly string[] = ['options.csv', 'report.json'];
const CHANGES_FILE = 'changes.csv';

/** An owner's message. Its picture shows this deployment only. */
function ownerLetter(owner: OwnerParts, attached: readonly string[]): Promise<ReportMessage> {
  const { deployment, subject, words, plans, isListed } = owner;
  const files = isListed ? [...OWNER_FILES, CHANGES_FILE] : OWNER_FILES;
  const attachments = files.filter((name) => attached.includes(name));
  const recipient = { role: 'owner', deployment, ...pickCorrection(owner) } as const;
  return renderMessage(recipient, { words, subject, plans, attachments });
}

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
