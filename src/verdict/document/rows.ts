/** Converts the audit to rows for SQL readers: whole nano-USD, ratios as the nearest double. */

import { apportionExact } from '../../domain/apportion.ts';
import type {
  AuditDayRow,
  AuditDeploymentRow,
  AuditOptionRow,
  AuditRows,
  AuditStackRow,
  CounterfactualDayRow,
} from '../../domain/auditRow.ts';
import { type Exact, subtract, toNumber, divideRounded } from '../../domain/exact.ts';
import { nanoFromUsd } from '../../domain/money.ts';
import { BASE_ASSUMPTIONS, hostedCost, optionCost } from '../../economics/options.ts';
import type { DayEconomics, DeploymentEconomics, StackEconomics } from '../../economics/result.ts';
import { isCompared } from '../comparedSides.ts';
import type { DeploymentDecision, StackVerdict } from '../decision.ts';
import { optionSaving } from '../judge/deploymentReasons.ts';
import { effectiveUsdPerMtok, hostedUsdPerMtok } from './documentStack.ts';
import { OPTIONS } from '../../economics/offer.ts';
import type { SimulatedSaving, SimulatedSavings } from '../simulation/types.ts';
import { roundedDouble } from './printed.ts';

/** Days sum exactly to their deployment's spend and tokens, and a provider's days to its cost. */
export function toAuditRows(economics: StackEconomics, verdict: StackVerdict): AuditRows {
  const { deployments, unattributed } = economics;
  return {
    stack: stackRow(economics, verdict),
    deployments: deployments.flatMap((each, index) => {
      const decision = verdict.deployments[index];
      return decision === undefined ? [] : [deploymentRow(each, decision)];
    }),
    options: deployments.flatMap((each, index) =>
      toOptionRows(each, verdict.deployments[index]?.odds ?? new Map()),
    ),
    days: deployments.flatMap((each) => each.days.map((day) => dayRow(each.id, day))),
    counterfactuals: deployments.flatMap(counterfactualRows),
    unattributed: unattributed.map(({ nanoUsd, ...day }) => ({ ...day, spendNanoUsd: nanoUsd })),
  };
}

function stackRow(economics: StackEconomics, { stack }: StackVerdict): AuditStackRow {
  const { bill, deployments } = economics;
  const tokens = deployments.reduce((all, { served }) => all + served.tokens, 0);
  return {
    verdict: stack.verdict,
    ...(isCompared(economics) ? savingRow(stack) : {}),
    spendNanoUsd: bill.spend,
    unattributedNanoUsd: bill.unattributed,
    tokens,
    ...knownRatios({
      coverage: economics.coverage,
      effectiveUsdPerMtok: effectiveUsdPerMtok(economics),
      hostedUsdPerMtok: hostedUsdPerMtok(economics),
    }),
  };
}

function savingRow({ savingUsd, keepUsd, plan, odds }: StackVerdict['stack']) {
  const savingNanoUsd = nanoFromUsd(savingUsd);
  return {
    savingNanoUsd,
    keepNanoUsd: nanoFromUsd(keepUsd),
    planNanoUsd: nanoFromUsd(plan.usd),
    ...toSimulatedRow(odds, savingNanoUsd),
  };
}

function deploymentRow(
  deployment: DeploymentEconomics,
  { verdict, savingUsd, subject, odds, leaning }: DeploymentDecision,
): AuditDeploymentRow {
  const { id, model, spend, served, time, hosted, lacks } = deployment;
  const [cost, host] = lacks === undefined ? [hostedCost(deployment), hosted.chosen?.host] : [];
  const saving =
    subject === undefined ? savingUsd : optionSaving(deployment, subject, BASE_ASSUMPTIONS);
  const savingNanoUsd = nanoFromUsd(saving);
  return {
    deployment: id,
    model,
    verdict,
    spendNanoUsd: spend.total,
    tokens: served.tokens,
    ...knownRatios({
      effectiveUsdPerMtok: deployment.effectiveUsdPerMtok,
      utilization: deployment.utilization,
      busyFraction: deployment.busyFraction,
      coverage: time.coverage,
    }),
    ...(host === undefined ? {} : { host }),
    ...(cost === undefined ? {} : { hostedNanoUsd: nanoFromUsd(cost) }),
    ...(lacks === undefined ? { savingNanoUsd } : {}),
    ...toSimulatedRow(subject && odds.get(subject)?.withLabor, savingNanoUsd),
    ...(leaning === undefined ? {} : { leaning }),
  };
}

/** The known ratios, as doubles. */
function knownRatios<Name extends string>(
  ratios: Readonly<Record<Name, Exact | undefined>>,
): Partial<Record<Name, number>> {
  const known = Object.entries<Exact | undefined>(ratios).flatMap(([name, ratio]) =>
    ratio === undefined ? [] : [[name, toNumber(ratio)]],
  );
  return Object.fromEntries(known) as Partial<Record<Name, number>>;
}

const NS_IN_MS = 1_000_000n;

function dayRow(deployment: string, day: DayEconomics): AuditDayRow {
  const { dayMs, spend, promptTokens, cachedTokens, outputTokens, busyMs } = day;
  const ms = (ns: bigint) => Number(divideRounded(ns, NS_IN_MS, 'half-even'));
  return {
    dayMs,
    deployment,
    spendNanoUsd: spend,
    promptTokens,
    ...(cachedTokens === undefined ? {} : { cachedTokens }),
    outputTokens,
    paidReplicaMs: ms(day.paidNs),
    coveredReplicaMs: ms(day.coveredNs),
    ...(busyMs === undefined ? {} : { busyMs }),
    ...knownRatios({ utilization: day.utilization }),
  };
}

/**
 * Days with tokens, for every eligible provider. Each provider name appears once, for the chosen
 * endpoint or else the cheapest.
 */
function counterfactualRows({ id, days, hosted }: DeploymentEconomics): CounterfactualDayRow[] {
  const byHost = new Map(hosted.byDay.toReversed().map((each) => [each.host.host, each]));
  return [...byHost.values()].flatMap(({ host, usd: byDay }) => {
    const isPriced = host.usd !== undefined && byDay.some(({ num }) => num > 0n);
    const parts = isPriced ? apportionExact(nanoFromUsd(host.usd), byDay) : [];
    return days.flatMap(({ dayMs, promptTokens, outputTokens }, index) => {
      const tokens = promptTokens + outputTokens;
      if (tokens === 0) return [];
      return [{ dayMs, deployment: id, host: host.host, costNanoUsd: parts[index] ?? 0n, tokens }];
    });
  });
}

function toOptionRows(
  deployment: DeploymentEconomics,
  odds: ReadonlyMap<string, SimulatedSavings>,
): AuditOptionRow[] {
  const keep = deployment.lacks === undefined ? optionCost(deployment, 'keep') : undefined;
  return OPTIONS.filter((option) => deployment.offers[option] !== undefined).map((option) => {
    const cost = optionCost(deployment, option);
    if (cost === undefined || keep === undefined) return { deployment: deployment.id, option };
    const savingNanoUsd = nanoFromUsd(subtract(keep.usd, cost.usd));
    return {
      deployment: deployment.id,
      option,
      costNanoUsd: nanoFromUsd(cost.usd),
      infraNanoUsd: nanoFromUsd(cost.infraUsd),
      gpuNanoUsd: nanoFromUsd(cost.gpuUsd),
      storageNanoUsd: nanoFromUsd(cost.storageUsd),
      otherNanoUsd: nanoFromUsd(cost.otherUsd),
      laborNanoUsd: nanoFromUsd(cost.laborUsd),
      hostedNanoUsd: nanoFromUsd(cost.hostedUsd),
      strandedNanoUsd: nanoFromUsd(cost.strandedUsd),
      migrationNanoUsd: nanoFromUsd(cost.migrationUsd),
      savingNanoUsd,
      ...toSimulatedRow(odds.get(option)?.withLabor, savingNanoUsd),
    };
  });
}

/** Ends keep their simulated distance to the saving. Empty if the simulation could not run. */
function toSimulatedRow(odds: SimulatedSaving | undefined, savingNanoUsd: bigint) {
  if (odds === undefined) return {};
  return {
    probability: odds.probability,
    lowNanoUsd: savingNanoUsd - nanoFromUsd(roundedDouble(odds.usd - odds.low)),
    highNanoUsd: savingNanoUsd + nanoFromUsd(roundedDouble(odds.high - odds.usd)),
  };
}
