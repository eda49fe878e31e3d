/** Reads a report in tests: the leader's message, and files by name. */

import { serialize } from 'node:v8';
import type { RecipientRole, ReportFile, ReportMessage } from '../../src/domain/edition.ts';
import type { ReportInput } from '../../src/report/input.ts';
import { type Report, renderReport } from '../../src/report/report.ts';

/** A report with the leader's message. */
export interface RenderedReport extends Report {
  readonly text: string;
  readonly html: string;
}

/** Many tests read the same report. It is rendered once per process. */
const known = new Map<string, Promise<RenderedReport>>();

export function renderCached(input: ReportInput): Promise<RenderedReport> {
  const key = serialize(input).toString('latin1');
  const report = known.get(key) ?? renderedNow(input);
  known.set(key, report);
  return report;
}

async function renderedNow(input: ReportInput): Promise<RenderedReport> {
  const report = await renderReport(input);
  const { text, html } = messageTo(report, 'leader');
  return { ...report, text, html };
}

export function messageTo(
  { letters }: Report,
  role: RecipientRole,
  deployment?: string,
): ReportMessage {
  const found = letters.find((each) => each.role === role && each.deployment === deployment);
  if (found === undefined) throw new Error(`no letter to the ${role} of ${String(deployment)}`);
  return found;
}

export function findFile(files: readonly ReportFile[], name: string): ReportFile {
  const found = files.find((file) => file.name === name);
  if (found === undefined) throw new Error(`the report has no file ${name}`);
  return found;
}

export function fileText(files: readonly ReportFile[], name: string): string {
  return new TextDecoder().decode(findFile(files, name).bytes);
}
