/**
 * Knows whether a saving holds at the ends of what is assumed, and on which assumption it hangs
 * first.
 */

import { dollars } from '../../domain/digits.ts';
import { type Exact, negate } from '../../domain/exact.ts';
import { AT_BASE, at, type World } from '../../economics/options.ts';

export interface Doubt {
  readonly assumption: string;
  /** Zero or less. */
  readonly savingUsd: Exact;
}

const WORST: World = { ...AT_BASE, selfHosted: at('low'), hosted: at('high') };
const TOGETHER = 'labor and cache hits, at their worst ends together';

/**
 * Each end alone, then all that speak against a change together (for cached tokens both, as prices
 * differ).
 */
const ENDS: readonly { readonly assumption: string; readonly world: World }[] = [
  alone('self-hosted labor, at its low end', { selfHosted: at('low') }),
  alone('self-hosted labor, at its high end', { selfHosted: at('high') }),
  alone('labor for hosting, at its low end', { hosted: at('low') }),
  alone('labor for hosting, at its high end', { hosted: at('high') }),
  alone('cache hits at the host, at their low end', { cacheShare: at('low') }),
  alone('cache hits at the host, at their high end', { cacheShare: at('high') }),
  { assumption: TOGETHER, world: { ...WORST, cacheShare: at('low') } },
  { assumption: TOGETHER, world: { ...WORST, cacheShare: at('high') } },
];

function alone(assumption: string, end: Partial<World>) {
  return { assumption, world: { ...AT_BASE, ...end } };
}

/**
 * The first end at which nothing would be saved; `undefined` where the sign is the same at all of
 * them.
 */
export function firstDoubt(saving: (world: World) => Exact): Doubt | undefined {
  for (const { world, assumption } of ENDS) {
    const savingUsd = saving(world);
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
