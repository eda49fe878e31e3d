/** Reasons about engineering time: measured or assumed, and its cost. */

import { sum } from '../../domain/exact.ts';
import type { AssumedRange } from '../../economics/input.ts';
import type { StackEconomics } from '../../economics/result.ts';
import { usdText } from '../../domain/money.ts';
import type { RangeUsd, Reason } from '../reason.ts';

export function laborReasons({ labor, deployments }: StackEconomics): Reason[] {
  if (deployments.length === 0) return [];
  const own = deployments.map((each) => each.labor.selfHosted);
  if (labor.basis === 'measured') {
    const selfHostedUsd = usdText(sum([labor.selfHosted, ...own].map(({ base }) => base)));
    const onceUsd = usdText(labor.selfHosted.base);
    return [{ code: 'labor-measured', selfHostedUsd, onceUsd }];
  }
  const [once, each] = [rangeOf(labor.selfHosted), rangeOf(together(own))];
  return [{ code: 'labor-assumed', once, own: each }];
}

function together(ranges: readonly AssumedRange[]): AssumedRange {
  return {
    low: sum(ranges.map(({ low }) => low)),
    base: sum(ranges.map(({ base }) => base)),
    high: sum(ranges.map(({ high }) => high)),
  };
}

function rangeOf({ low, base, high }: AssumedRange): RangeUsd {
  return { lowUsd: usdText(low), baseUsd: usdText(base), highUsd: usdText(high) };
}
