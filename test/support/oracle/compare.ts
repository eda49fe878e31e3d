/** Compares the program's results with the oracle, figure by figure. */

import { durationMs } from '../../../src/domain/period.ts';
import type { StackInput } from '../../../src/economics/input.ts';
import type { DeploymentEconomics, StackEconomics } from '../../../src/economics/result.ts';
import { splitBill } from './bill.ts';
import { type Difference, type Figures, near, text, unequal } from './difference.ts';
import { least, Fraction } from './fraction.ts';
import type { OracleHost } from './hosts.ts';
import { commitmentOf, migrationUsd, oracleUnusedCommitment, stayingUsd } from './sharing.ts';
import {
  breakEvenTokens,
  type OracleDeployment,
  oracleBill,
  oracleDeployments,
  splitPaidCost,
} from './oracle.ts';

export function oracleDifferences(input: StackInput, found: StackEconomics): Difference[] {
  const deployments = oracleDeployments(input);
  return [
    ...unequal('bill', billFigures(input, found)),
    ...deployments.flatMap((wanted, index) => {
      const got = found.deployments[index];
      return got === undefined ? [] : deploymentDifferences(input, wanted, got);
    }),
  ];
}

function billFigures(input: StackInput, { bill }: StackEconomics): Figures {
  const wanted = oracleBill(input);
  return {
    spend: [wanted.spend, bill.spend],
    unattributed: [wanted.unattributed, bill.unattributed],
    tax: [wanted.tax, bill.tax],
    hosted: [wanted.hosted, bill.hosted],
    labor: [wanted.labor, bill.labor],
  };
}

function deploymentDifferences(
  input: StackInput,
  wanted: OracleDeployment,
  found: DeploymentEconomics,
): Difference[] {
  return [
    ...unequal('days', dayFigures(wanted, found)),
    ...unequal('use', useFigures(wanted, found)),
    ...unequal('waterfall', waterfallFigures(wanted, found)),
    ...unequal('hosts', hostFigures(input, wanted, found)),
    ...unequal('hybrid', hybridFigures(input, wanted, found)),
    ...unequal('break-even', breakEvenFigures(input, wanted, found)),
  ];
}

function dayFigures(wanted: OracleDeployment, found: DeploymentEconomics): Figures {
  const figures = wanted.days.map((day, index) => {
    const got = found.days[index];
    const all = {
      dayMs: [day.dayMs, got?.dayMs],
      spend: [day.spend, got?.spend],
      coveredUsd: [day.coveredUsd, got?.coveredUsd],
      prompt: [day.prompt, got?.promptTokens],
      output: [day.output, got?.outputTokens],
      cached: [day.cached, got?.cachedTokens],
      paidNs: [day.paidNs, got?.paidNs],
      coveredNs: [day.coveredNs, got?.coveredNs],
      busyMs: [day.busyMs, got?.busyMs],
    } as const;
    return Object.entries(all).map(([name, pair]) => [`${index}.${name}`, pair] as const);
  });
  return { count: [wanted.days.length, found.days.length], ...Object.fromEntries(figures.flat()) };
}

function useFigures(wanted: OracleDeployment, found: DeploymentEconomics): Figures {
  const { spend, time, served } = found;
  const coverage = wanted.paidNs.n === 0n ? undefined : wanted.coveredNs.over(wanted.paidNs);
  return {
    spend: [wanted.spend, spend.total],
    compute: [wanted.compute, spend.compute],
    coveredUsd: [wanted.coveredUsd, spend.coveredUsd],
    coveredComputeUsd: [wanted.coveredComputeUsd, spend.coveredComputeUsd],
    uncoveredUsd: [usd(wanted.spend).minus(wanted.coveredUsd), spend.uncoveredUsd],
    tokens: [wanted.tokens, served.tokens],
    unbilled: [wanted.unbilledTokens, found.unbilled?.tokens ?? 0],
    lacksSide: [wanted.lacksSide, found.lacks !== undefined],
    coverage: [coverage, time.coverage],
    mostReplicas: [wanted.mostReplicas, time.mostReplicas],
    spanMs: [wanted.spanMs, time.span === undefined ? 0 : durationMs(time.span)],
    capacity: [wanted.capacity, found.capacity?.tokensPerSecond],
    effective: [wanted.effective, found.effectiveUsdPerMtok],
    utilization: [wanted.utilization, found.utilization],
    busyFraction: [wanted.busyFraction, found.busyFraction],
    selfHostedLabor: [wanted.labor.selfHosted, found.labor.selfHosted.base],
    hostedLabor: [wanted.labor.hosted, found.labor.hosted.base],
  };
}

function waterfallFigures(wanted: OracleDeployment, found: DeploymentEconomics): Figures {
  const parts = splitPaidCost(wanted);
  if (parts === undefined) return {};
  return {
    full: [parts.full, found.waterfall.fullUsd],
    underfilled: [parts.underfilled, found.waterfall.underfilledUsd],
    idle: [parts.idle, found.waterfall.idleUsd],
  };
}

function hostFigures(
  input: StackInput,
  wanted: OracleDeployment,
  found: DeploymentEconomics,
): Figures {
  const base = Fraction.of(input.cacheRealization.base);
  const eligible = wanted.hosts.filter((host) => host.eligible);
  const sorted = (texts: readonly string[]) => [...texts].sort().join(' ');
  const wantedCosts = eligible.map((host) => `${nameOf(host)}=${text(host.total(base))}`);
  const foundCosts = found.hosted.considered.flatMap((host) => {
    return host.usd === undefined ? [] : [`${nameOf(host)}=${text(host.usd)}`];
  });
  const totals = eligible.map((host) => host.total(base));
  const cheapest = totals.length === 0 ? undefined : totals.reduce(least);
  return {
    considered: [wanted.hosts.length, found.hosted.considered.length],
    eligible: [sorted(wantedCosts), sorted(foundCosts)],
    cheapest: [cheapest, found.hosted.cheapest?.usd],
    chosen: [chosenUsd(input, wanted, base), found.hosted.chosen?.usd],
  };
}

function chosenUsd(
  input: StackInput,
  { id, hosts }: OracleDeployment,
  base: Fraction,
): Fraction | undefined {
  const hosted = input.deployments.find((deployment) => deployment.id === id)?.hosted;
  const eligible = hosts.filter((host) => host.eligible);
  const pinned = eligible.filter(({ host }) => host === hosted?.pinned);
  const costs = (hosted?.policy === 'pinned' ? pinned : eligible)
    .map((host) => host.total(base))
    .sort((a, b) => (a.below(b) ? -1 : b.below(a) ? 1 : 0));
  return hosted?.policy === 'median' ? costs[Math.floor((costs.length - 1) / 2)] : costs[0];
}

function hybridFigures(
  input: StackInput,
  wanted: OracleDeployment,
  found: DeploymentEconomics,
): Figures {
  const host = chosenHost(wanted, found);
  const { capacity, coveredNs } = wanted;
  if (host === undefined || capacity === undefined || coveredNs.n === 0n) {
    return { plans: [0, found.hybrid.plans.length] };
  }
  const base = Fraction.of(input.cacheRealization.base);
  const committed = commitmentOf(input, splitBill(input), wanted.id);
  const figures = Array.from({ length: wanted.mostReplicas + 1 }, (_, index) => {
    const { own, overflow } = wanted.hybrid(index + 1, host, base);
    const left = oracleUnusedCommitment(committed, wanted.coveredUsd, own);
    const usdOfPlan = own.plus(overflow).plus(left);
    return [`k${index + 1}`, near(usdOfPlan, found.hybrid.plans[index]?.usd)] as const;
  });
  const costs = figures.map(([, [usd]]) => usd);
  return {
    plans: [wanted.mostReplicas + 1, found.hybrid.plans.length],
    best: near(costs.reduce(least), found.hybrid.best?.usd),
    ...Object.fromEntries(figures),
  };
}

export function chosenHost(
  { hosts }: OracleDeployment,
  { hosted: { chosen } }: DeploymentEconomics,
): OracleHost | undefined {
  return hosts.find(({ host, model }) => host === chosen?.host && model === chosen.model);
}

function breakEvenFigures(
  input: StackInput,
  wanted: OracleDeployment,
  found: DeploymentEconomics,
): Figures {
  const host = chosenHost(wanted, found);
  const committed = commitmentOf(input, splitBill(input), wanted.id);
  const staying = stayingUsd(wanted.shared, 'delete');
  const left = oracleUnusedCommitment(committed, wanted.coveredUsd, staying);
  const leaving = left.plus(staying).plus(migrationUsd(input, 'delete'));
  const hostedUsd = host?.total(Fraction.of(input.cacheRealization.base));
  const tokens = hostedUsd && breakEvenTokens(wanted, hostedUsd, leaving);
  return { tokens: [tokens?.round(), found.breakEven.tokens] };
}

function nameOf({ host, model }: { readonly host: string; readonly model: string }): string {
  return `${model}@${host}`;
}

function usd(nano: bigint): Fraction {
  return new Fraction(nano, 1_000_000_000n);
}
