/** The choices of the form that runs a job again, and the job of each choice. */

import { Failure } from '../../domain/failure.ts';

/** In the order of the form. */
export const RERUN_CHOICES = [
  {
    name: 'quarter',
    title: 'Everything for a quarter',
    what: 'Pulls every source, audits, and freezes a report. Changed figures make a new edition.',
  },
  {
    name: 'audit',
    title: 'Only the audit',
    what: 'Audits the facts that are recorded now, without a pull.',
  },
  {
    name: 'report',
    title: 'Only the report',
    what: 'Freezes the newest audit of the quarter as a report.',
  },
  { name: 'prices', title: 'Prices', what: 'Pulls the current hosted prices and GPU rates.' },
  { name: 'check', title: 'Check', what: 'Checks that every due report was delivered.' },
  { name: 'other', title: 'Another job', what: 'Adds a job by its name and payload.' },
] as const;

export type RerunChoice = (typeof RERUN_CHOICES)[number]['name'];

/** The fields of the form, with text as it was typed. */
export interface RerunFields {
  readonly choice: RerunChoice;
  readonly quarter: string;
  /** Whether the report is sent to its recipients. */
  readonly deliver: boolean;
  /** The job name, for the choice `other`. */
  readonly job: string;
  readonly payload: string;
}

export function parseRerunFields(form: URLSearchParams): RerunFields {
  const chosen = form.get('job') ?? 'quarter';
  const offer = RERUN_CHOICES.find(({ name }) => name === chosen)?.name ?? 'quarter';
  return {
    choice: offer,
    quarter: form.get('quarter')?.trim() ?? '',
    deliver: form.get('deliver') === 'yes',
    job: form.get('name')?.trim() ?? '',
    payload: form.get('payload')?.trim() ?? '',
  };
}

/** @throws {Failure} `usage` for an invalid quarter or payload. */
export function toJobRequest(fields: RerunFields): { name: string; payload: unknown } {
  const { choice, deliver } = fields;
  switch (choice) {
    case 'quarter':
      return { name: choice, payload: { quarter: quarterOf(fields), deliver } };
    case 'audit':
      return { name: choice, payload: { quarter: quarterOf(fields) } };
    case 'report':
      return { name: choice, payload: { quarter: quarterOf(fields), freeze: true } };
    case 'prices':
    case 'check':
      return { name: choice, payload: {} };
    case 'other':
      return { name: fields.job, payload: payloadOf(fields) };
  }
}

function quarterOf({ quarter }: RerunFields): string {
  if (/^\d{4}-Q[1-4]$/.test(quarter)) return quarter;
  const found = quarter === '' ? 'nothing' : `"${quarter}"`;
  throw new Failure('usage', `Invalid quarter: found ${found}, expected one like 2026-Q3.`);
}

function payloadOf({ payload }: RerunFields): unknown {
  try {
    return JSON.parse(payload === '' ? '{}' : payload);
  } catch (cause) {
    const message = 'Invalid payload: expected JSON like {"quarter": "2026-Q3"}.';
    throw new Failure('usage', message, { cause });
  }
}
