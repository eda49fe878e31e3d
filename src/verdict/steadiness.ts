/**
 * Knows whether a saving holds at the ends of what is assumed, and on which assumption it hangs
 * first.
 */

import { type Exact, negate } from '../domain/exact.ts';
import { AT_BASE, type Assumptions } from '../economics/options.ts';
import { dollars } from './words.ts';

export interface Doubt {
  readonly assumption: string;
  /** Zero or less. */
  readonly savingUsd: Exact;
}

const WORST = { selfHosted: 'low', hosted: 'high' } as const;

/**
 * Each end alone, then all that speak against a change together (for cached tokens both, as prices
 * differ).
 */
const ENDS: readonly { readonly at: Assumptions; readonly assumption: string }[] = [
  { at: { ...AT_BASE, selfHosted: 'low' }, assumption: 'self-hosted labor, at its low end' },
  { at: { ...AT_BASE, selfHosted: 'high' }, assumption: 'self-hosted labor, at its high end' },
  { at: { ...AT_BASE, hosted: 'low' }, assumption: 'labor for hosting, at its low end' },
  { at: { ...AT_BASE, hosted: 'high' }, assumption: 'labor for hosting, at its high end' },
  { at: { ...AT_BASE, cache: 'low' }, assumption: 'cache hits at the host, at their low end' },
  { at: { ...AT_BASE, cache: 'high' }, assumption: 'cache hits at the host, at their high end' },
  {
    at: { ...WORST, cache: 'low' },
    assumption: 'labor and cache hits, at their worst ends together',
  },
  {
    at: { ...WORST, cache: 'high' },
    assumption: 'labor and cache hits, at their worst ends together',
  },
];

/**
 * The first end at which nothing would be saved; `undefined` where the sign is the same at all of
 * them.
 */
export function firstDoubt(saving: (at: Assumptions) => Exact): Doubt | undefined {
  for (const { at, assumption } of ENDS) {
    const savingUsd = saving(at);
    if (savingUsd.num <= 0n) return { assumption, savingUsd };
  }
  return undefined;
}

export function doubtText({ assumption, savingUsd }: Doubt): string {
  const result =
    savingUsd.num === 0n
      ? 'saves nothing'
      : `costs ${dollars(negate(savingUsd))} more than keeping`;
  return `The answer hangs on ${assumption}: there the change ${result}.`;
}
