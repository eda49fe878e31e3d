/**
 * Knows how a whole stack is weighed: the bill once, then each deployment, then what they share.
 */

import { exact, sum } from '../domain/exact.ts';
import { usd, usdText } from '../domain/money.ts';
import { sumWhole } from '../domain/whole.ts';
import { type Bill, readBill } from './bill.ts';
import { strandings } from './commitment.ts';
import { dayGrid } from './days.ts';
import { weighDeployment } from './deployment.ts';
import type { StackInput } from './input.ts';
import { stackLabor } from './labor.ts';
import { priceBook } from './priceBook.ts';
import type { DeploymentEconomics, StackEconomics } from './result.ts';
import { sharing } from './sharing.ts';
import { tallyUsage } from './usageTally.ts';

/**
 * What the stack cost, what it would have cost, and what is not known, over one window.
 * Pure: the same input gives the same figures, whatever the order of its facts.
 */
export function weighStack(input: StackInput): StackEconomics {
  const grid = dayGrid(input.window);
  const tallies = input.deployments.map(({ usage }) => tallyUsage(usage, grid));
  const bill = readBill(input, grid, sharing(input, tallies, grid));
  const book = priceBook(input.prices, input.availability);
  const stranded = strandings(input.commitments, input.window, usersOf(input, bill));
  const deployments = input.deployments.flatMap((each, index) => {
    const [own, tally] = [bill.deployments[index], tallies[index]];
    if (own === undefined || tally === undefined) return [];
    const alone = stranded.filter(({ deployments: [only, ...more] }) => {
      return only === each.id && more.length === 0;
    });
    const strandedUsd = sum(alone.map(({ usd: owed }) => owed));
    return [
      weighDeployment({ stack: input, input: each, bill: own, tally, book, grid, strandedUsd }),
    ];
  });
  return {
    window: input.window,
    deployments,
    bill: bill.stack,
    unattributed: bill.unattributed,
    labor: stackLabor(input.labor),
    shared: stranded.filter(({ deployments: users }) => users.length > 1),
    ...coverageOf(deployments),
    warnings: warningsOf(bill),
  };
}

function usersOf({ deployments }: StackInput, bill: Bill) {
  return (sourceId: string) =>
    deployments
      .filter((_, index) => bill.deployments[index]?.sources.has(sourceId) === true)
      .map(({ id }) => id);
}

function coverageOf(deployments: readonly DeploymentEconomics[]) {
  const paidNs = sumWhole(deployments.map(({ time }) => time.paidNs));
  const coveredNs = sumWhole(deployments.map(({ time }) => time.coveredNs));
  return paidNs === 0n ? {} : { coverage: exact(coveredNs, paidNs) };
}

function warningsOf({ stack }: Bill): string[] {
  if (stack.labor === 0n) return [];
  return [
    `$${usdText(usd(stack.labor))} of people's time is on the bills; it is left out of the ` +
      'spend, because labor is weighed by hours.',
  ];
}
