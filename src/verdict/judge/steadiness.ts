/** Whether a saving holds at the ends of what is assumed, and on which it hangs first. */

import { type Exact, isZero, negate } from '../../domain/exact.ts';
import { AT_BASE, at, type World } from '../../economics/options.ts';
import { usdText } from '../../domain/money.ts';
import type { Doubt } from '../reason.ts';

interface End extends Pick<Doubt, 'assumption' | 'end'> {
  readonly world: World;
}

const WORST: World = { ...AT_BASE, selfHosted: at('low'), hosted: at('high') };
const TOGETHER = { assumption: 'labor-and-cache', end: 'worst' } as const;

/**
 * Each end alone, then all that speak against a change together (for cached tokens both, as prices
 * differ).
 */
const ENDS: readonly End[] = [
  ...alone('self-hosted-labor', (end) => ({ selfHosted: at(end) })),
  ...alone('hosting-labor', (end) => ({ hosted: at(end) })),
  ...alone('cache-hits', (end) => ({ cacheShare: at(end) })),
  { ...TOGETHER, world: { ...WORST, cacheShare: at('low') } },
  { ...TOGETHER, world: { ...WORST, cacheShare: at('high') } },
];

function alone(
  assumption: Doubt['assumption'],
  change: (end: 'low' | 'high') => Partial<World>,
): End[] {
  const ends = ['low', 'high'] as const;
  return ends.map((end) => ({ assumption, end, world: { ...AT_BASE, ...change(end) } }));
}

/**
 * The first end at which nothing would be saved; `undefined` where the sign is the same at all of
 * them.
 */
export function firstDoubt(saving: (world: World) => Exact): Doubt | undefined {
  for (const { world, assumption, end } of ENDS) {
    const savingUsd = saving(world);
    if (savingUsd.num > 0n) continue;
    const doubt = { code: 'hangs-on' as const, assumption, end };
    return isZero(savingUsd) ? doubt : { ...doubt, moreUsd: usdText(negate(savingUsd)) };
  }
  return undefined;
}
