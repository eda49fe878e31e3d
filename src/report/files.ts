/** Builds a report's files: page, text, data, tables and pictures. */

import type { Audit } from '../verdict/audit.ts';
import type { Chart, ChartPlan } from './charts/chart.ts';
import { changesCsv, deploymentsCsv, figuresCsv, optionsCsv } from './csv/reportTables.ts';
import { wholeNumber } from './format.ts';
import type { ReportFile } from '../domain/edition.ts';
import type { Reader } from './locale.ts';

interface DataFilesInput {
  /** The audit as stored, for `report.json`. */
  readonly stored: Audit;
  /** The same audit, completed. */
  readonly audit: Audit;
  /** Audit of the edition that this one corrects, if any. */
  readonly corrected: Audit | undefined;
  readonly plans: readonly ChartPlan[];
}

/** The audit as JSON and as tables. */
export function dataFiles(
  { stored, audit, corrected, plans }: DataFilesInput,
  reader: Reader,
): ReportFile[] {
  return [
    textFile('report.json', reportJson(stored)),
    textFile('deployments.csv', deploymentsCsv(audit)),
    textFile('options.csv', optionsCsv(audit)),
    textFile('figures.csv', figuresCsv(audit, plans, reader)),
    ...(corrected === undefined
      ? []
      : [textFile('changes.csv', changesCsv(corrected, audit, reader))]),
  ];
}

/**
 * Maximum bytes of data files in one message. With six pictures and a page of 90 kB, the
 * base64-encoded message stays below 1 MB.
 */
const MOST_ATTACHED_BYTES = 300_000;

/** Names of the files that messages attach: smallest first, as many as fit. */
export function attachable(data: readonly ReportFile[]): ReadonlySet<string> {
  let bytesLeft = MOST_ATTACHED_BYTES;
  const smallest = data.toSorted((a, b) => a.bytes.length - b.bytes.length);
  const fitting = smallest.filter(({ bytes }) => (bytesLeft -= bytes.length) >= 0);
  return new Set(fitting.map(({ name }) => name));
}

/** A note that names the files too large to attach. Empty if all are attached. */
export function tooLargeNotes(data: readonly ReportFile[], reader: Reader): string[] {
  const attached = attachable(data);
  const tooLarge = data
    .filter(({ name }) => !attached.has(name))
    .map(
      ({ name, bytes }) => `${name} (${wholeNumber(Math.round(bytes.length / 1000), reader)} kB)`,
    );
  return tooLarge.length === 0
    ? []
    : [`Too large to attach, kept with the report: ${tooLarge.join(', ')}`];
}

export function chartFiles(charts: readonly Chart[]): ReportFile[] {
  return charts.map((chart) => ({
    name: chartFile(chart),
    contentType: 'image/png',
    bytes: chart.png,
  }));
}

/** Path of a chart within the report: `charts/weekly-price.png`. */
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

/** `report.json`: schema `rentcheck/audit/1`, two spaces, a final line break. */
function reportJson(audit: Audit): string {
  return `${JSON.stringify(audit, null, 2)}\n`;
}
