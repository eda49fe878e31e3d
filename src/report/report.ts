/**
 * Knows the whole edition: one audit in, the same words out as letters, page, text, charts and
 * tables.
 */

import { drawCharts } from './charts/chart.ts';
import { chartFiles, textFile } from './files.ts';
import { htmlForFile } from './html.ts';
import type { ReportBrief, ReportFile, ReportLetter } from '../domain/letter.ts';
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
  const told = tell(input);
  const { subject, words, brief, data, attachments, figures, plans, owners } = told;
  const corrects = correctionIn(told);
  // Pictures are painted in other threads while the pages are laid out here.
  const [pictures, leader, finance, ...own] = await Promise.all([
    drawCharts([...plans, ...owners.flatMap((owner) => owner.plans)]),
    letterOf({ role: 'leader', ...corrects }, { words, subject, plans, attachments }),
    financeLetter(told),
    ...owners.map((owner) => ownerLetter(owner, attachments)),
  ]);
  return {
    subject,
    headline: words.headline,
    brief,
    letters: [leader, finance, ...own],
    files: [
      textFile('report.html', htmlForFile(leader.html, plans)),
      textFile('report.txt', leader.text),
      ...data,
      ...chartFiles(pictures),
    ],
    figures,
  };
}

function correctionIn({ corrects }: Pick<Told, 'corrects'>): Pick<ReportLetter, 'corrects'> {
  return corrects === undefined ? {} : { corrects };
}

function financeLetter(told: Told): Promise<ReportLetter> {
  const { finance, subject } = told;
  const whose = { role: 'finance', ...correctionIn(told) } as const;
  const attachments = told.attachments.filter((name) => name.endsWith('.csv'));
  return letterOf(whose, { words: finance, subject, plans: [], attachments });
}

const OWNERS_FILES: readonly string[] = ['options.csv', 'report.json'];
const CHANGES = 'changes.csv';

/** With a picture of its own, for it shows this deployment alone. */
function ownerLetter(owner: ToldOwner, carried: readonly string[]): Promise<ReportLetter> {
  const { deployment, subject, words, plans, isListed } = owner;
  const files = isListed ? [...OWNERS_FILES, CHANGES] : OWNERS_FILES;
  const attachments = files.filter((name) => carried.includes(name));
  const whose = { role: 'owner', deployment, ...correctionIn(owner) } as const;
  return letterOf(whose, { words, subject, plans, attachments });
}
