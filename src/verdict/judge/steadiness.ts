/** Checks whether a saving holds at both ends of each assumption. */

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
 * Each end alone, then all unfavorable ends together. Cache hits are tried at both ends, because
 * either may be unfavorable, depending on prices.
 */
const ENDS: readonly End[] = [
  ...endsOf('self-hosted-labor', (end) => ({ selfHosted: at(end) })),
  ...endsOf('hosting-labor', (end) => ({ hosted: at(end) })),
  ...endsOf('cache-hits', (end) => ({ cacheShare: at(end) })),
  { ...TOGETHER, world: { ...WORST, cacheShare: at('low') } },
  { ...TOGETHER, world: { ...WORST, cacheShare: at('high') } },
];

function endsOf(
  assumption: Doubt['assumption'],
  change: (end: 'low' | 'high') => Partial<World>,
): End[] {
  const ends = ['low', 'high'] as const;
  return ends.map((end) => ({ assumption, end, world: { ...AT_BASE, ...change(end) } }));
}

/** The first end at which nothing is saved. `undefined` if the saving is positive at all ends. */
export function firstDoubt(saving: (world: World) => Exact): Doubt | undefined {
  for (const { world, assumption, end } of ENDS) {
    const savingUsd = saving(world);
    if (savingUsd.num > 0n) continue;
    const doubt = { code: 'hangs-on' as const, assumption, end };
    return isZero(savingUsd) ? doubt : { ...doubt, moreUsd: usdText(negate(savingUsd)) };
  }
  return undefined;
}
