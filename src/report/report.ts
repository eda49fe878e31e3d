/**
 * Knows the whole edition: one audit in, the same words out as letters, page, text, charts and
 * tables.
 */

import { drawCharts } from './charts/chart.ts';
import { chartFiles, textFile } from './files.ts';
import { inManner } from './speaking.ts';
import { htmlForFile } from './html.ts';
import type { ReportBrief, ReportFile, ReportLetter } from './letter.ts';
import { letterOf } from './letters.ts';
import { type Told, type ToldOwner, tell } from './tell.ts';
import type { ReportInput } from './input.ts';

export interface Report {
  readonly subject: string;
  /** The answer in one sentence, for who has room for no more. */
  readonly headline: string;
  readonly brief: ReportBrief;
  /** The leader's, finance's, and one for each deployment in `owners`. */
  readonly letters: readonly ReportLetter[];
  readonly files: readonly ReportFile[];
  /** Every figure that may be printed, by its id: `stack.saving`, `chat-70b.utilization`. */
  readonly figures: readonly { readonly id: string; readonly text: string }[];
}

/** The same input gives the same bytes; nothing is asked of clock, network or browser. */
export async function renderReport(input: ReportInput): Promise<Report> {
  const told = inManner(input.manner ?? {}, () => tell(input));
  const { subject, words, brief, data, figures } = told;
  const charts = await drawCharts(told.plans);
  const attachments = data.map(({ name }) => name);
  const { plans } = told;
  const leader = await letterOf({ role: 'leader' }, { words, subject, plans, charts, attachments });
  const owners = await Promise.all(told.owners.map(ownerLetter));
  return {
    subject,
    headline: words.headline,
    brief,
    letters: [
      leader,
      await financeLetter(told, attachments),
      ...owners.map(({ letter }) => letter),
    ],
    files: [
      textFile('report.html', htmlForFile(leader.html, charts)),
      textFile('report.txt', leader.text),
      ...data,
      ...chartFiles(charts),
      ...owners.flatMap(({ files }) => files),
    ],
    figures,
  };
}

function financeLetter({ finance, subject }: Told, attachments: readonly string[]) {
  return letterOf(
    { role: 'finance' },
    {
      words: finance,
      subject,
      plans: [],
      charts: [],
      attachments: attachments.filter((name) => name.endsWith('.csv')),
    },
  );
}

/** With its own pictures, for they show this deployment alone. */
async function ownerLetter({ deployment, subject, words, plans }: ToldOwner) {
  const charts = await drawCharts(plans);
  const letter = await letterOf(
    { role: 'owner', deployment },
    { words, subject, plans, charts, attachments: ['options.csv', 'report.json'] },
  );
  return { letter, files: chartFiles(charts) };
}
