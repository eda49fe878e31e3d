/** Checks whether a saving holds at both ends of each assumption. */

import { type Exact, isZero, negate } from '../../domain/exact.ts';
import { BASE_ASSUMPTIONS, readRangeEnd, type Assumptions } from '../../economics/options.ts';
import { usdText } from '../../domain/money.ts';
import type { Doubt } from '../reason.ts';

interface End extends Pick<Doubt, 'assumption' | 'end'> {
  readonly world: Assumptions;
}

const WORST: Assumptions = {
  ...BASE_ASSUMPTIONS,
  selfHosted: readRangeEnd('low'),
  hosted: readRangeEnd('high'),
};
const TOGETHER = { assumption: 'labor-and-cache', end: 'worst' } as const;

/**
 * Each end alone, then all unfavorable ends together. Cache hits are tried at both ends, because
 * either may be unfavorable, depending on prices.
 */
const ENDS: readonly End[] = [
  ...endsOf('self-hosted-labor', (end) => ({ selfHosted: readRangeEnd(end) })),
  ...endsOf('hosting-labor', (end) => ({ hosted: readRangeEnd(end) })),
  ...endsOf('cache-hits', (end) => ({ cacheShare: readRangeEnd(end) })),
  { ...TOGETHER, world: { ...WORST, cacheShare: readRangeEnd('low') } },
  { ...TOGETHER, world: { ...WORST, cacheShare: readRangeEnd('high') } },
];

function endsOf(
  assumption: Doubt['assumption'],
  change: (end: 'low' | 'high') => Partial<Assumptions>,
): End[] {
  const ends = ['low', 'high'] as const;
  return ends.map((end) => ({ assumption, end, world: { ...BASE_ASSUMPTIONS, ...change(end) } }));
}

/** The first end at which nothing is saved. `undefined` if the saving is positive at all ends. */
export function firstDoubt(saving: (world: Assumptions) => Exact): Doubt | undefined {
  for (const { world, assumption, end } of ENDS) {
    const savingUsd = saving(world);
    if (savingUsd.num > 0n) continue;
    const doubt = { code: 'hangs-on' as const, assumption, end };
    return isZero(savingUsd) ? doubt : { ...doubt, moreUsd: usdText(negate(savingUsd)) };
  }
  return undefined;
}
