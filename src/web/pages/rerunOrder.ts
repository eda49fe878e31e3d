/** What the form can run again, and the job that each choice becomes. */

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

/** What a form holds; texts as they were typed. */
export interface Wish {
  readonly offer: OfferName;
  readonly quarter: string;
  /** Whether the recipients shall get the report. */
  readonly deliver: boolean;
  /** Of another job. */
  readonly job: string;
  readonly payload: string;
}

export function wishFrom(form: URLSearchParams): Wish {
  const asked = form.get('job') ?? 'quarter';
  const offer = OFFERS.find(({ name }) => name === asked)?.name ?? 'quarter';
  return {
    offer,
    quarter: form.get('quarter')?.trim() ?? '',
    deliver: form.get('deliver') === 'yes',
    job: form.get('name')?.trim() ?? '',
    payload: form.get('payload')?.trim() ?? '',
  };
}

/** @throws {Failure} `usage` for a quarter or a payload that cannot be read. */
export function orderFrom(wish: Wish): { name: string; payload: unknown } {
  const { offer, deliver } = wish;
  switch (offer) {
    case 'quarter':
      return { name: offer, payload: { quarter: quarterOf(wish), deliver } };
    case 'audit':
      return { name: offer, payload: { quarter: quarterOf(wish) } };
    case 'report':
      return { name: offer, payload: { quarter: quarterOf(wish), freeze: true } };
    case 'prices':
    case 'check':
      return { name: offer, payload: {} };
    case 'other':
      return { name: wish.job, payload: payloadOf(wish) };
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
