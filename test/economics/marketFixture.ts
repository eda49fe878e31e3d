/** Market rates and the facts of a stack's deployment, for tests. */

import type { GpuRate } from '../../src/domain/price.ts';
import { divideBill } from '../../src/economics/bill/bill.ts';
import { dayGrid } from '../../src/economics/bill/days.ts';
import { computePaidTime, computeSpend, coverDays } from '../../src/economics/usage/coverage.ts';
import { createSharing } from '../../src/economics/bill/sharing.ts';
import type { StackInput } from '../../src/economics/input.ts';
import type { BareOffer, OptionFacts } from '../../src/economics/option/optionFacts.ts';
import { tallyUsage } from '../../src/economics/usage/usageTally.ts';
import { deployment, hour, money, stack } from './stackFixture.ts';
import { computeSharedCosts } from '../../src/economics/bill/sharedCost.ts';
import { toChargeBook } from '../../src/economics/bill/booking.ts';
import type { NoOffer } from '../../src/economics/offer.ts';
import { findCapacity } from '../../src/economics/usage/capacity.ts';
import { decimal } from '../../src/domain/exact.ts';

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

/** The facts of one deployment of a stack: the first by default. */
export function optionFacts(stack: StackInput, index = 0): OptionFacts {
  const grid = dayGrid(stack.window);
  const tallies = stack.deployments.map(({ usage }) => tallyUsage(usage, grid));
  const [input, tally] = [stack.deployments[index], tallies[index]];
  const charges = toChargeBook(stack);
  const terms = { grid, share: createSharing(stack, tallies, grid) };
  const bill = divideBill(stack, charges, terms).deployments[index];
  if (input === undefined || tally === undefined || bill === undefined) {
    throw new Error(`the stack has no deployment ${index}`);
  }
  const covered = coverDays(bill, tally);
  const [spend, time] = [computeSpend(bill, covered), computePaidTime(bill, covered)];
  const { capacity } = findCapacity(input, tally.series);
  const known = capacity === undefined ? {} : { capacity };
  const shared = computeSharedCosts(bill, covered, (at) => stack.deployments[at]?.id ?? '');
  const side = { tally, bill, charges, covered, spend, time, shared };
  return { stack, input, grid, ...side, ...known };
}

export function pricedOffer(offer: BareOffer | NoOffer): BareOffer {
  if ('reason' in offer) throw new Error(`no offer: ${offer.reason.code}`);
  return offer;
}

export const PRICED = stack({
  rates: [
    rate({ provider: 'elsewhere', usd: '1.45' }),
    rate({ provider: 'elsewhere', usd: '0.90', pricingClass: 'spot' }),
  ],
  deployments: [
    deployment({
      serverless: {
        usdPerSecond: decimal('0.0005'),
        coldStartMs: 60_000,
        idleTimeoutMs: 5000,
        minWorkers: 0,
      },
    }),
  ],
});
