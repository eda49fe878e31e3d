/** Knows the files of a report: page, text, data and pictures. */

import type { Audit } from '../verdict/audit.ts';
import type { Chart } from './charts/chart.ts';
import { htmlForFile } from './html.ts';
import { reportJson } from './json.ts';
import type { ReportFile } from './letter.ts';

interface Made {
  readonly audit: Audit;
  readonly html: string;
  readonly text: string;
  readonly charts: readonly Chart[];
}

export function filesOf({ audit, html, text, charts }: Made): ReportFile[] {
  return [
    textFile('report.html', 'text/html; charset=utf-8', htmlForFile(html, charts)),
    textFile('report.txt', 'text/plain; charset=utf-8', text),
    textFile('report.json', 'application/json', reportJson(audit)),
    ...charts.map((chart) => ({
      name: chartFile(chart),
      contentType: 'image/png',
      bytes: chart.png,
    })),
  ];
}

/** `charts/weekly-price.png`. */
export function chartFile({ filename }: Pick<Chart, 'filename'>): string {
  return `charts/${filename}`;
}

function textFile(name: string, contentType: string, text: string): ReportFile {
  return { name, contentType, bytes: new TextEncoder().encode(text) };
}
