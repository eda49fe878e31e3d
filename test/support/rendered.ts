/** Reads a report in tests: the leader's message, and files by name. */

import { serialize } from 'node:v8';
import type { ReaderRole, ReportFile, ReportLetter } from '../../src/domain/letter.ts';
import type { ReportInput } from '../../src/report/input.ts';
import { type Report, renderReport } from '../../src/report/report.ts';

/** A report with the leader's message. */
export interface Rendered extends Report {
  readonly text: string;
  readonly html: string;
}

/** Many tests read the same report. It is rendered once per process. */
const known = new Map<string, Promise<Rendered>>();

export function rendered(input: ReportInput): Promise<Rendered> {
  const key = serialize(input).toString('latin1');
  const report = known.get(key) ?? renderedNow(input);
  known.set(key, report);
  return report;
}

async function renderedNow(input: ReportInput): Promise<Rendered> {
  const report = await renderReport(input);
  const { text, html } = letterTo(report, 'leader');
  return { ...report, text, html };
}

export function letterTo({ letters }: Report, role: ReaderRole, deployment?: string): ReportLetter {
  const found = letters.find((each) => each.role === role && each.deployment === deployment);
  if (found === undefined) throw new Error(`no letter to the ${role} of ${String(deployment)}`);
  return found;
}

export function fileNamed(files: readonly ReportFile[], name: string): ReportFile {
  const found = files.find((file) => file.name === name);
  if (found === undefined) throw new Error(`the report has no file ${name}`);
  return found;
}

export function textOf(files: readonly ReportFile[], name: string): string {
  return new TextDecoder().decode(fileNamed(files, name).bytes);
}
