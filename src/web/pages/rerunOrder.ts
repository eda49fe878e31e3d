/** The choices of the form that runs a job again, and the job of each choice. */

import { Failure } from '../../domain/failure.ts';

/** In the order of the form. */
export const OFFERS = [
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

export type OfferName = (typeof OFFERS)[number]['name'];

/** The fields of the form, with text as it was typed. */
export interface Wish {
  readonly offer: OfferName;
  readonly quarter: string;
  /** Whether the report is sent to its recipients. */
  readonly deliver: boolean;
  /** The job name, for the choice `other`. */
  readonly job: string;
  readonly payload: string;
}

export function wishFrom(form: URLSearchParams): Wish {
  const chosen = form.get('job') ?? 'quarter';
  const offer = OFFERS.find(({ name }) => name === chosen)?.name ?? 'quarter';
  return {
    offer,
    quarter: form.get('quarter')?.trim() ?? '',
    deliver: form.get('deliver') === 'yes',
    job: form.get('name')?.trim() ?? '',
    payload: form.get('payload')?.trim() ?? '',
  };
}

/** @throws {Failure} `usage` for an invalid quarter or payload. */
export function orderFrom(fields: Wish): { name: string; payload: unknown } {
  const { offer, deliver } = fields;
  switch (offer) {
    case 'quarter':
      return { name: offer, payload: { quarter: quarterOf(fields), deliver } };
    case 'audit':
      return { name: offer, payload: { quarter: quarterOf(fields) } };
    case 'report':
      return { name: offer, payload: { quarter: quarterOf(fields), freeze: true } };
    case 'prices':
    case 'check':
      return { name: offer, payload: {} };
    case 'other':
      return { name: fields.job, payload: payloadOf(fields) };
  }
}

function quarterOf({ quarter }: Wish): string {
  if (/^\d{4}-Q[1-4]$/.test(quarter)) return quarter;
  const found = quarter === '' ? 'nothing' : `"${quarter}"`;
  throw new Failure('usage', `Invalid quarter: found ${found}, expected one like 2026-Q3.`);
}

function payloadOf({ payload }: Wish): unknown {
  try {
    return JSON.parse(payload === '' ? '{}' : payload);
  } catch (cause) {
    const message = 'Invalid payload: expected JSON like {"quarter": "2026-Q3"}.';
    throw new Failure('usage', message, { cause });
  }
}
