/** Market rates and the facts of a stack's deployment, for tests. */

import type { GpuRate } from '../../src/domain/price.ts';
import { divideBill } from '../../src/economics/bill/bill.ts';
import { dayGrid } from '../../src/economics/bill/days.ts';
import { computeSpend, computePaidTime } from '../../src/economics/bill/rent.ts';
import { createSharing } from '../../src/economics/bill/sharing.ts';
import type { StackInput } from '../../src/economics/input.ts';
import type { OptionFacts } from '../../src/economics/option/optionFacts.ts';
import { coverDays } from '../../src/economics/usage/coverage.ts';
import { tallyUsage } from '../../src/economics/usage/usageTally.ts';
import { hour, money } from './stackFixture.ts';
import { computeSharedCosts } from '../../src/economics/bill/sharedRent.ts';
import { toChargeBook } from '../../src/economics/bill/booking.ts';

export interface RateOptions extends Partial<Omit<GpuRate, 'usdPerGpuHour' | 'validFromMs'>> {
  readonly provider: string;
  /** Dollars per hour of one GPU. */
  readonly usd: string;
  /** Hours from the fixture's start; a month before it by default. */
  readonly at?: number;
}

export function rate({ usd, at = -720, ...rest }: RateOptions): GpuRate {
  return {
    sourceId: 'list',
    gpuType: 'A100-80GB',
    pricingClass: 'on-demand',
    ...rest,
    validFromMs: hour(at),
    usdPerGpuHour: money(usd),
  };
}

/** Of the first deployment, or of another by its position. */
export function marketFacts(stack: StackInput, place = 0): OptionFacts {
  const grid = dayGrid(stack.window);
  const tallies = stack.deployments.map(({ usage }) => tallyUsage(usage, grid));
  const charges = toChargeBook(stack);
  const terms = { grid, share: createSharing(stack, tallies, grid) };
  const bills = divideBill(stack, charges, terms).deployments;
  const [input, tally, bill] = [stack.deployments[place], tallies[place], bills[place]];
  if (input === undefined || tally === undefined || bill === undefined) {
    throw new Error(`no deployment ${place}`);
  }
  const covered = coverDays(bill, tally);
  const spend = computeSpend(bill, covered);
  const shared = computeSharedCosts(bill, covered, (at) => stack.deployments[at]?.id ?? '');
  const side = { tally, bill, charges, covered, spend, shared };
  return { stack, input, grid, ...side, time: computePaidTime(bill, covered) };
}
