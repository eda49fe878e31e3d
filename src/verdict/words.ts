/** Knows how figures stand in the sentences of a verdict: shares, and what is done. */

import { dollars } from '../domain/digits.ts';
import { type Exact, exact, multiply, toDecimal } from '../domain/exact.ts';
import { usd } from '../domain/money.ts';
import type { RoundingMode } from '../domain/rounding.ts';
import type { Choice } from '../economics/offer.ts';

export function nanoDollars(nano: bigint): string {
  return dollars(usd(nano));
}

/**
 * `90 %`, `62.5 %`; a share below a threshold goes down, so that it never reads as the threshold.
 */
export function percent(share: Exact, mode: RoundingMode = 'half-even'): string {
  return `${toDecimal(multiply(share, exact(100n)), 1, mode).replace(/\.0$/, '')} %`;
}

const DOING: Readonly<Record<Choice, string>> = {
  keep: 'keeping it',
  'right-size': 'running no more replicas than each hour needs',
  move: 'renting the same GPUs elsewhere',
  'bring-back': 'serving here what is bought from hosts already',
  serverless: 'serving it serverless',
  delete: 'deleting it and buying its tokens from a host',
  hybrid: 'a smaller stack with a host for the peaks',
};

export function doing(choice: Choice): string {
  return DOING[choice];
}
