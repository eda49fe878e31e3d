/** Knows what is said of people's hours: logged or assumed, and what they come to. */

import { dollars } from '../../domain/digits.ts';
import { compare, sum } from '../../domain/exact.ts';
import type { Range } from '../../economics/input.ts';
import type { StackEconomics } from '../../economics/result.ts';

/** Whether people's time was measured or is assumed, and what it comes to. */
export function laborReasons({ labor, deployments }: StackEconomics): string[] {
  if (deployments.length === 0) return [];
  const own = deployments.map((each) => each.labor.selfHosted);
  if (labor.basis === 'measured') {
    const all = dollars(sum([labor.selfHosted, ...own].map(({ base }) => base)));
    const once = dollars(labor.selfHosted.base);
    return [
      `People's time for self-hosting is measured: ${all} by the ops log, ${once} of it for the ` +
        'stack as a whole; their time for hosting is assumed.',
    ];
  }
  const [once, each] = [rangeText(labor.selfHosted), rangeText(together(own))];
  return [
    `People's time is assumed, not measured: ${once} for self-hosting anything at all, and ` +
      `${each} for the deployments' own parts together.`,
  ];
}

function together(ranges: readonly Range[]): Range {
  return {
    low: sum(ranges.map(({ low }) => low)),
    base: sum(ranges.map(({ base }) => base)),
    high: sum(ranges.map(({ high }) => high)),
  };
}

/** `$6,000 to $24,000 (base $12,000)`; one figure where both ends are the same. */
function rangeText({ low, base, high }: Range): string {
  if (compare(low, high) === 0) return dollars(base);
  return `${dollars(low)} to ${dollars(high)} (base ${dollars(base)})`;
}
