/** Weighs a whole stack: its bill, then each deployment, then what they have in common. */

import { exact, multiply, sumWhole } from '../domain/exact.ts';
import { nanoUsdText } from '../domain/figures.ts';
import { sumNano } from '../domain/money.ts';
import { rowsWhere } from '../domain/usage.ts';
import { buildStatement, missingMonths, spendByBasis } from './bill/statement.ts';
import { type DividedBill, type DeploymentBill, divideBill } from './bill/bill.ts';
import { billedSpans, splitByBill, sumUnbilled } from './usage/unbilled.ts';
import { toChargeBook } from './bill/booking.ts';
import type { ChargeBook } from './chargeBook.ts';
import { computeCommitments, statedSources } from './bill/commitment.ts';
import { type DayGrid, dayGrid, dayMsAt } from './bill/days.ts';
import { doubleBilling, doubleBillingWarnings } from './bill/doubleBilling.ts';
import { combineInventories } from './bill/attribution.ts';
import { leftOutWarnings } from './bill/billOfRecord.ts';
import { createSharing } from './bill/sharing.ts';
import { weighDeployment } from './deployment.ts';
import { type BoughtTotals, computeBought } from './hosted/bought.ts';
import { compareGatewayCosts } from './hosted/secondOpinion.ts';
import { priceBook } from './hosted/candidates.ts';
import type { DeploymentInput, StackInput } from './input.ts';
import { stackLabor } from './labor.ts';
import type { DeploymentEconomics, StackEconomics } from './result.ts';
import { missingMonthWarnings } from './usage/warnings.ts';
import type { Warning } from './warning.ts';
import { tallyUsage, sumTallyTokens, type UsageTally } from './usage/usageTally.ts';

/**
 * Computes what the stack cost, what it would have cost, and what is unknown, over one period.
 * Pure: the same input gives the same figures, whatever the order of its facts.
 */
export function weighStack(input: StackInput): StackEconomics {
  const grid = dayGrid(input.window);
  const tallies = input.deployments.map(({ usage }) => tallyUsage(usage, grid));
  const book = toChargeBook(input);
  const share = createSharing(input, measured(input, tallies, grid), grid);
  const bill = divideBill(input, book, { grid, share });
  const spent = {
    spendByBasis: spendByBasis(book),
    statement: buildStatement(book, bill.deployments),
  };
  const bought = computeBought(input, book);
  const prices = priceBook(input.prices, input.availability);
  const commitments = commitmentsIn(input, bill, book);
  const deployments = input.deployments.flatMap((each, index) => {
    const [own, tally] = [bill.deployments[index], tallies[index]];
    if (own === undefined || tally === undefined) return [];
    const served =
      input.isPlanned === true ? { tally } : splitUsage(each, { bill: own, tally, grid });
    const billed = { ...each, ...selectBatch(each, served.tally) };
    const traffic = bought?.byDeployment.get(each.id);
    const buying = traffic === undefined ? {} : { bought: traffic };
    const terms = { stack: input, input: billed, bill: own, ...served, ...buying, grid };
    return [weighDeployment({ ...terms, book: prices, commitments, charges: book })];
  });
  const lacking = missingMonths(input, book);
  const doubleBilled = doubleBilling(book.accounts);
  const { leftOut = [], window } = input;
  return {
    window,
    deployments,
    bill: bill.stack,
    ...spent,
    unattributed: bill.unattributed,
    unclaimed: bill.unclaimed,
    labor: stackLabor(input.labor),
    commitments,
    credits: book.credits ?? [],
    ...reentryCost(input),
    ...(input.migration.share === undefined ? {} : { migrationShare: input.migration.share }),
    isMigrationStated: input.migration.stated,
    laborUsdPerHour: input.labor.loadedUsdPerHour,
    ...computeCoverage(deployments),
    missingMonths: lacking,
    doubleBilled,
    leftOut,
    ...(bought === undefined ? {} : { bought: bought.models }),
    ...gatewayOpinions(input, bought, grid),
    warnings: [
      ...missingMonthWarnings(lacking),
      ...doubleBillingWarnings(doubleBilled),
      ...leftOutWarnings(leftOut, book.accounts),
      ...(bought?.warnings ?? []),
      ...laborWarnings(bill),
      ...contestedWarnings(input, book),
      ...uncommittedWarnings(input, book),
      ...reservedWarnings(deployments, input, book),
    ],
  };
}

function commitmentsIn(input: StackInput, bill: DividedBill, { accounts }: ChargeBook) {
  return computeCommitments(input.commitments, {
    window: input.window,
    spendAt: spendAt(input, bill),
    ids: input.deployments.map(({ id }) => id),
    accounts,
    inventory: combineInventories(input.commitments.length === 0 ? [] : input.resources),
  });
}

function gatewayOpinions(
  { gatewayCosts }: StackInput,
  bought: BoughtTotals | undefined,
  grid: DayGrid,
): Pick<StackEconomics, 'secondOpinions'> {
  if (gatewayCosts === undefined) return {};
  const billed = (bought?.models ?? [])
    .filter(({ secondHand }) => secondHand !== true)
    .map(({ sourceId, model, byDay }) => {
      const days = [...byDay].map(([day, nanoUsd]) => [dayMsAt(grid, day), nanoUsd] as const);
      return { sourceId, model, byDay: new Map(days) };
    });
  return { secondOpinions: compareGatewayCosts(gatewayCosts, billed) };
}

interface ServedTerms {
  readonly bill: DeploymentBill;
  readonly tally: UsageTally;
  readonly grid: DayGrid;
}

/** Usage in billed time is weighed; usage in other time is reported. */
function splitUsage({ resources }: DeploymentInput, { bill, tally, grid }: ServedTerms) {
  const time = { spans: billedSpans(bill), pieces: bill.pieces, window: grid.window };
  const split = splitByBill(tally.series, time);
  if (split.unbilled.length === 0) return { tally };
  const billed = tallyUsage(split.billed, grid);
  const sources = resources.map(({ sourceId }) => sourceId);
  const unbilled = sumUnbilled(split, { grid, billedTokens: sumTallyTokens(billed), sources });
  return { tally: billed, ...(unbilled === undefined ? {} : { unbilled }) };
}

/** The part that may wait of the weighed intervals. */
function selectBatch({ batchUsage }: DeploymentInput, { series }: UsageTally) {
  if (batchUsage === undefined) return {};
  const weighed = new Set(series.startMs);
  const isWeighed = (row: number) => weighed.has(batchUsage.startMs[row] ?? Number.NaN);
  return { batchUsage: rowsWhere(batchUsage, isWeighed) };
}

/** Usage that defines shares: a what-if on tokens does not change how shared spend is divided. */
function measured({ deployments }: StackInput, tallies: readonly UsageTally[], grid: DayGrid) {
  return tallies.map((tally, index) => {
    const sharedBy = deployments[index]?.sharedBy;
    return sharedBy === undefined ? tally : tallyUsage(sharedBy, grid);
  });
}

/** Deployments with charges at a source, and their amounts. */
function spendAt({ deployments }: StackInput, bill: DividedBill) {
  return (sourceId: string) =>
    new Map(
      deployments.flatMap(({ id }, index): [string, bigint][] => {
        const spent = bill.deployments[index]?.sources.get(sourceId);
        return spent === undefined ? [] : [[id, spent]];
      }),
    );
}

function reentryCost({ migration, labor }: StackInput) {
  const { reentryHours } = migration;
  if (reentryHours === undefined) return {};
  return { reentryUsd: multiply(reentryHours, labor.loadedUsdPerHour) };
}

function computeCoverage(deployments: readonly DeploymentEconomics[]) {
  const paidNs = sumWhole(deployments.map(({ time }) => time.paidNs));
  const coveredNs = sumWhole(deployments.map(({ time }) => time.coveredNs));
  return paidNs === 0n ? {} : { coverage: exact(coveredNs, paidNs) };
}

/** A commitment on the bill but not in config would look as if it could be left at once. */
function uncommittedWarnings({ commitments }: StackInput, { accounts }: ChargeBook): Warning[] {
  const known = statedSources(commitments);
  const unknown = new Set(
    accounts
      .filter(({ category, sourceId }) => category === 'commitment' && !known.has(sourceId))
      .map(({ sourceId }) => sourceId),
  );
  return [...unknown].sort().map((source) => ({ code: 'commitment-not-stated', source }));
}

/** Reserved capacity fixes a price, and its end is not stated. */
function reservedWarnings(
  deployments: readonly DeploymentEconomics[],
  { commitments }: StackInput,
  { accounts }: ChargeBook,
): Warning[] {
  if (deployments.every(({ spend }) => spend.coveredReservedUsd.num <= 0n)) return [];
  const known = statedSources(commitments);
  const reserved = accounts.filter(
    ({ category, pricingClass, sourceId }) =>
      category === 'compute' && pricingClass === 'reserved' && !known.has(sourceId),
  );
  return [...new Set(reserved.map(({ sourceId }) => sourceId))]
    .sort()
    .map((source) => ({ code: 'reserved-capacity-not-stated', source }));
}

/** Two patterns that match one resource may be a mistake that changes the result. */
function contestedWarnings({ deployments }: StackInput, { accounts }: ChargeBook): Warning[] {
  const contested = accounts.filter(({ isContested, size }) => isContested && size > 0n);
  const bySharers = Map.groupBy(contested, ({ sharers }) => sharers.join());
  return [...bySharers.values()].map((of) => {
    const ids = (of[0]?.sharers ?? []).map((index) => deployments[index]?.id ?? '');
    const resources = new Set(of.map(({ sourceId, resourceId }) => `${sourceId} ${resourceId}`));
    return {
      code: 'resources-contested',
      deployments: ids,
      resources: resources.size,
      usd: nanoUsdText(sumNano(of.map(({ nanoUsd }) => nanoUsd))),
    };
  });
}

function laborWarnings({ stack }: DividedBill): Warning[] {
  return stack.labor === 0n ? [] : [{ code: 'labor-on-bill', usd: nanoUsdText(stack.labor) }];
}
