/** Facts of a deployment as options receive them, made from the test stacks. */

import { divideBill } from '../../src/economics/bill/bill.ts';
import { dayGrid } from '../../src/economics/bill/days.ts';
import { computeSpend, computePaidTime } from '../../src/economics/bill/rent.ts';
import { createSharing } from '../../src/economics/bill/sharing.ts';
import type { StackInput } from '../../src/economics/input.ts';
import type { NoOffer } from '../../src/economics/offer.ts';
import type { BareOffer, OptionFacts } from '../../src/economics/option/optionFacts.ts';
import { findCapacity } from '../../src/economics/usage/capacity.ts';
import { coverDays } from '../../src/economics/usage/coverage.ts';
import { tallyUsage } from '../../src/economics/usage/usageTally.ts';
import { computeSharedCosts } from '../../src/economics/bill/sharedRent.ts';
import { toChargeBook } from '../../src/economics/bill/booking.ts';

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
