/** Reads an audit's stack and totals: amounts as exact numbers, and what each plan costs. */

import { type Exact, sum } from '../../domain/exact.ts';
import type { AuditHostedSpend, AuditStack, AuditTotals } from '../../verdict/audit.ts';
import type {
  AuditAfterContracts,
  AuditBacktest,
  AuditCommitment,
  AuditOutlook,
} from '../../verdict/auditDecision.ts';
import { shownName } from '../displayText.ts';
import {
  type DeploymentReading,
  OPTION_AMOUNTS,
  readAmounts,
  readBreakEven,
  readSaving,
} from './deploymentReading.ts';

export type TotalsReading = ReturnType<typeof readTotals>;

export function readTotals(totals: AuditTotals) {
  return {
    ...readAmounts(totals, [
      'spendUsd',
      'billedUsd',
      'uncoveredUsd',
      'unattributedUsd',
      'unattributedShare',
      'estimatedUsd',
      'hostedSpendUsd',
      'taxUsd',
      'unbilledShare',
      'effectiveUsdPerMtok',
      'hostedUsdPerMtok',
      'coverage',
    ]),
    hostedSpend: totals.hostedSpend && readHostedSpend(totals.hostedSpend),
  };
}

export type HostedSpendReading = ReturnType<typeof readHostedSpend>;

function readHostedSpend({ models, secondOpinions, ...spend }: AuditHostedSpend) {
  return {
    ...readAmounts(spend, ['captureRate']),
    models: models.map((model) => readAmounts(model, ['usd'])),
    secondOpinions: (secondOpinions ?? []).map((opinion) =>
      readAmounts(opinion, ['gatewayUsd', 'billedUsd', 'difference']),
    ),
  };
}

export type StackReading = ReturnType<typeof readStack>;
export type StepReading = StackReading['steps'][number];
export type CommitmentReading = ReturnType<typeof readCommitment>;
export type StackOptionReading = StackReading['options'][number];

export function readStack(stack: AuditStack) {
  const { outlook, lookBack } = stack;
  return {
    ...readAmounts(stack, ['probability', 'keepUsd', 'reentryUsd', 'migrationInFullUsd']),
    savingUsd: readSaving(stack.savingUsd),
    withoutLabor: readAmounts(stack.withoutLabor, ['savingUsd', 'probability']),
    options: stack.options.map((option) => readAmounts(option, OPTION_AMOUNTS)),
    steps: stack.steps.map((step) => readAmounts(step, ['savingUsd', 'stakeUsd'])),
    flips: stack.flips.map(readBreakEven),
    outlook: outlook && readOutlook(outlook),
    lookBack: lookBack && readBacktest(lookBack),
    commitments: stack.commitments.map(readCommitment),
    credits: stack.credits.map((credit) =>
      readAmounts(credit, ['usd', 'usedBeforeUsd', 'usedUsd', 'leftUsd', 'lostUsd']),
    ),
    unattributed: stack.unattributed.map((resource) => readAmounts(resource, ['usd'])),
  };
}

export type OutlookReading = ReturnType<typeof readOutlook>;

function readOutlook({ asLast, nextQuarter, withTrend, scenarios, ...outlook }: AuditOutlook) {
  return {
    ...outlook,
    asLast: readSaving(asLast),
    nextQuarter: nextQuarter && readAmounts(nextQuarter, ['low', 'high']),
    withTrend:
      withTrend && readAmounts(withTrend, ['savingUsd', 'tokensPerWeek', 'hostedPricePerWeek']),
    scenarios: scenarios.map(({ afterContracts, ...scenario }) => ({
      ...readAmounts(scenario, ['savingUsd', 'bestSavingUsd']),
      afterContracts: afterContracts && readAfterContracts(afterContracts),
    })),
  };
}

export type AfterContractsReading = ReturnType<typeof readAfterContracts>;

function readAfterContracts(after: AuditAfterContracts) {
  return readAmounts(after, ['savingUsd', 'bestSavingUsd']);
}

export type BacktestReading = ReturnType<typeof readBacktest>;

function readBacktest({ forecastUsd, advice, ...backtest }: AuditBacktest) {
  return {
    ...readAmounts(backtest, ['measuredUsd', 'realizedUsd']),
    forecastUsd: readSaving(forecastUsd),
    advice: advice.map((each) => readAmounts(each, ['forecastUsd', 'measuredUsd'])),
  };
}

function readCommitment({ months, shares, ...commitment }: AuditCommitment) {
  return {
    ...readAmounts(commitment, [
      'committedUsd',
      'unusedUsd',
      'owedUsd',
      'remainingUsd',
      'remainingMonths',
    ]),
    months: months.map((month) => readAmounts(month, ['usd'])),
    shares: shares.map((share) => readAmounts(share, ['usd'])),
  };
}

export const COST_PARTS = ['gpu', 'hosted', 'labor', 'migration', 'unused'] as const;

export type CostPart = (typeof COST_PARTS)[number];

/** A plan for the whole stack. Its parts sum to its cost. */
export interface StackCost {
  readonly name: string;
  readonly kind: 'keep' | 'plan' | 'delete';
  readonly cost: Exact;
  readonly saving: Exact;
  readonly parts: Readonly<Record<CostPart, Exact>>;
}

/** Today's stack, the plan if it changes anything, and deleting all if that has a price. */
export function computeStackCosts(
  { options }: StackReading,
  deployments: readonly DeploymentReading[],
  isAdvised: boolean,
): StackCost[] {
  const find = (name: StackOptionReading['option']) =>
    options.find(({ option }) => option === name);
  const [keep, plan, all] = [find('keep'), find('best plan'), find('delete')];
  if (keep === undefined) return [];
  const isChange = plan !== undefined && plan.keeps.length < deployments.length;
  return [
    toStackCost(keep, 'Keep all', 'keep'),
    ...(isChange ? [toStackCost(plan, isAdvised ? 'The plan' : 'Best change', 'plan')] : []),
    ...(all === undefined ? [] : [toStackCost(all, deletingName(all.keeps), 'delete')]),
  ];
}

/**
 * Name of the plan that deletes everything, except deployments that must stay or have no hosted
 * price.
 */
function deletingName(keeps: readonly string[]): string {
  const [only] = keeps;
  if (only === undefined) return 'Delete all';
  return `Delete all but ${keeps.length === 1 ? shownName(only) : keeps.length}`;
}

function toStackCost(
  { costUsd, savingUsd, gpuUsd, storageUsd, otherUsd, ...option }: StackOptionReading,
  name: string,
  kind: StackCost['kind'],
): StackCost {
  return {
    name,
    kind,
    cost: costUsd,
    saving: savingUsd,
    parts: {
      gpu: sum([gpuUsd, storageUsd, otherUsd]),
      hosted: option.hostedUsd,
      labor: option.laborUsd,
      migration: option.migrationUsd,
      unused: option.strandedUsd,
    },
  };
}
