/** Facts of a deployment as options receive them, made from the test stacks. */

import { readBill } from '../../src/economics/bill/bill.ts';
import { dayGrid } from '../../src/economics/bill/days.ts';
import { spendOf, timeOf } from '../../src/economics/bill/rent.ts';
import { sharing } from '../../src/economics/bill/sharing.ts';
import type { StackInput } from '../../src/economics/input.ts';
import type { NoOffer } from '../../src/economics/offer.ts';
import type { BareOffer, OptionFacts } from '../../src/economics/option/optionFacts.ts';
import { capacityOf } from '../../src/economics/usage/capacity.ts';
import { coverDays } from '../../src/economics/usage/coverage.ts';
import { tallyUsage } from '../../src/economics/usage/usageTally.ts';
import { sharedRents } from '../../src/economics/bill/sharedRent.ts';
import { bookOf } from '../../src/economics/bill/booking.ts';

/** The facts of one deployment of a stack: the first by default. */
export function factsOf(stack: StackInput, index = 0): OptionFacts {
  const grid = dayGrid(stack.window);
  const tallies = stack.deployments.map(({ usage }) => tallyUsage(usage, grid));
  const [input, tally] = [stack.deployments[index], tallies[index]];
  const charges = bookOf(stack);
  const terms = { grid, share: sharing(stack, tallies, grid) };
  const bill = readBill(stack, charges, terms).deployments[index];
  if (input === undefined || tally === undefined || bill === undefined) {
    throw new Error(`the stack has no deployment ${index}`);
  }
  const covered = coverDays(bill, tally);
  const [spend, time] = [spendOf(bill, covered), timeOf(bill, covered)];
  const { capacity } = capacityOf(input, tally.series);
  const known = capacity === undefined ? {} : { capacity };
  const shared = sharedRents(bill, covered, (at) => stack.deployments[at]?.id ?? '');
  const side = { tally, bill, charges, covered, spend, time, shared };
  return { stack, input, grid, ...side, ...known };
}

export function priced(offer: BareOffer | NoOffer): BareOffer {
  if ('reason' in offer) throw new Error(`no offer: ${offer.reason.code}`);
  return offer;
}
