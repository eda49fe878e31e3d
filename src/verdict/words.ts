/** Knows how figures stand in the sentences of a verdict: no more digits than are needed. */

import { compare, type Exact, exact, multiply, negate, toDecimal } from '../domain/exact.ts';
import { usd } from '../domain/money.ts';
import type { RoundingMode } from '../domain/rounding.ts';
import type { Choice } from '../economics/offer.ts';

/** What would be printed as a thousand dollars in cents. */
const THOUSAND = exact(999_995n, 1000n);
const CENT = exact(1n, 100n);

/** `$12,346`, `$2.13`, `$0.0004`; a cent and more in cents, a thousand dollars and more without. */
export function dollars(amount: Exact): string {
  if (amount.num < 0n) return `-${dollars(negate(amount))}`;
  if (compare(amount, THOUSAND) >= 0) return `$${grouped(toDecimal(amount, 0))}`;
  if (amount.num === 0n || compare(amount, CENT) >= 0) return `$${toDecimal(amount, 2)}`;
  return `$${toDecimal(amount, 6).replace(/0+$/, '').replace(/\.$/, '')}`;
}

export function nanoDollars(nano: bigint): string {
  return dollars(usd(nano));
}

/**
 * `90 %`, `62.5 %`; a share below a threshold goes down, so that it never reads as the threshold.
 */
export function percent(share: Exact, mode: RoundingMode = 'half-even'): string {
  return `${toDecimal(multiply(share, exact(100n)), 1, mode).replace(/\.0$/, '')} %`;
}

function grouped(digits: string): string {
  return digits.replace(/\B(?=(?:\d{3})+$)/g, ',');
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
