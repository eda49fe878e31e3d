/** Knows the files of a report: page, text, data, tables and pictures. */

import type { Audit } from '../verdict/audit.ts';
import type { Chart, ChartPlan } from './charts/chart.ts';
import { deploymentsCsv } from './csv/deployments.ts';
import { changesCsv, figuresCsv } from './csv/figures.ts';
import { optionsCsv } from './csv/options.ts';
import { reportJson } from './json.ts';
import type { ReportFile } from '../domain/letter.ts';

interface Tabled {
  /** As it is kept, and handed on. */
  readonly stored: Audit;
  /** The same, complete. */
  readonly audit: Audit;
  /** The audit of the edition that this one corrects. */
  readonly corrected: Audit | undefined;
  readonly plans: readonly ChartPlan[];
}

/** The audit as data and as tables. */
export function dataFiles({ stored, audit, corrected, plans }: Tabled): ReportFile[] {
  return [
    textFile('report.json', reportJson(stored)),
    textFile('deployments.csv', deploymentsCsv(audit)),
    textFile('options.csv', optionsCsv(audit)),
    textFile('figures.csv', figuresCsv(audit, plans)),
    ...(corrected === undefined ? [] : [textFile('changes.csv', changesCsv(corrected, audit))]),
  ];
}

export function chartFiles(charts: readonly Chart[]): ReportFile[] {
  return charts.map((chart) => ({
    name: chartFile(chart),
    contentType: 'image/png',
    bytes: chart.png,
  }));
}

/** `charts/weekly-price.png`. */
export function chartFile({ filename }: Pick<ChartPlan, 'filename'>): string {
  return `charts/${filename}`;
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
  json: 'application/json',
  csv: 'text/csv; charset=utf-8',
};

export function textFile(name: `${string}.${keyof typeof TYPES}`, text: string): ReportFile {
  const contentType = TYPES[name.split('.').at(-1) ?? ''] ?? 'text/plain; charset=utf-8';
  return { name, contentType, bytes: new TextEncoder().encode(text) };
}
