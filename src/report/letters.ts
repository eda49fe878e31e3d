/** Knows who gets which letter: leaders the page, owners one deployment, finance the tables. */

import type { Chart } from './charts/chart.ts';
import { chartFile } from './files.ts';
import type { ReportLetter } from './letter.ts';
import type { ReportWords } from './words.ts';

interface Made {
  readonly words: ReportWords;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly charts: readonly Chart[];
  readonly owners: readonly string[];
}

export function lettersOf(made: Made): ReportLetter[] {
  const page = {
    subject: made.subject,
    text: made.text,
    html: made.html,
    pictures: made.charts.map((chart) => ({ cid: chart.id, file: chartFile(chart) })),
    attachments: ['report.json'],
  };
  return [
    { role: 'leader', ...page },
    { role: 'finance', ...page },
    ...made.owners.map((deployment) => ({ role: 'owner' as const, deployment, ...page })),
  ];
}
