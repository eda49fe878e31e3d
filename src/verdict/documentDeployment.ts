/** Knows how one deployment is printed in an audit. */

import { exact, type Exact } from '../domain/exact.ts';
import { usd } from '../domain/money.ts';
import { dayText } from '../domain/period.ts';
import { usdPerMtok } from '../economics/use.ts';
import type { BreakEven, ConsideredHost, DeploymentEconomics } from '../economics/result.ts';
import type { AuditBreakEven, AuditDeployment, AuditHosted, AuditWaiver } from './audit.ts';
import type { DeploymentDecision } from './decision.ts';
import { auditOptions, type PrintedOption, printOptions } from './documentOptions.ts';
import { micro, type MicroUsd, microText, moneyText, ratioText, roundTogether } from './printed.ts';

/** A deployment's printed money, in which spend = covered + uncovered. */
export interface PrintedDeployment {
  readonly deployment: DeploymentEconomics;
  readonly spend: MicroUsd;
  readonly covered: MicroUsd;
  readonly uncovered: MicroUsd;
  readonly options: readonly PrintedOption[];
}

export function printDeployment(
  deployment: DeploymentEconomics,
  spend: MicroUsd,
): PrintedDeployment {
  const uncovered = micro(deployment.spend.uncoveredUsd);
  const covered = spend - uncovered;
  return { deployment, spend, covered, uncovered, options: printOptions(deployment, covered) };
}

export function auditDeployment(
  printed: PrintedDeployment,
  decision: DeploymentDecision,
  warnings: readonly string[],
): AuditDeployment {
  const { deployment } = printed;
  const { served, capacity, time } = deployment;
  return {
    id: deployment.id,
    model: deployment.model,
    verdict: decision.verdict,
    probability: null,
    spendUsd: microText(printed.spend),
    computeUsd: microText(micro(usd(deployment.spend.compute))),
    uncoveredUsd: microText(printed.uncovered),
    tokens: served.tokens,
    promptTokens: served.promptTokens,
    cachedTokens: served.cachedTokens ?? null,
    outputTokens: served.outputTokens,
    requests: served.requests ?? null,
    effectiveUsdPerMtok: ratioText(deployment.effectiveUsdPerMtok),
    utilization: ratioText(deployment.utilization),
    busyFraction: ratioText(deployment.busyFraction),
    coverage: ratioText(time.coverage),
    paidReplicaHours: ratioText(exact(time.paidNs, NS_IN_HOUR)) ?? '',
    capacityTokPerSec: ratioText(capacity?.tokensPerSecond),
    capacityBasis: capacity?.basis ?? null,
    capacityEvidence: capacity?.evidence ?? null,
    ...waterfallOf(printed),
    hosted: hostedOf(deployment),
    options: auditOptions(deployment, printed.options),
    breakEven: breakEvenOf(deployment.breakEven),
    flips: [],
    waiver: waiverOf(deployment),
    reasons: decision.reasons,
    warnings: [...deployment.warnings, ...warnings],
  };
}

const NS_IN_HOUR = 3_600_000_000_000n;

/**
 * Where all three parts are known they are printed so that they sum to the printed covered spend.
 */
function waterfallOf({ deployment, covered }: PrintedDeployment) {
  const { fullUsd, underfilledUsd, idleUsd } = deployment.waterfall;
  const known =
    fullUsd && underfilledUsd && idleUsd
      ? roundTogether([fullUsd, underfilledUsd, idleUsd], covered).map(microText)
      : [fullUsd, underfilledUsd, idleUsd].map(moneyText);
  const [full = null, under = null, idle = null] = known;
  return { fullCapacityUsd: full, underfilledUsd: under, idleUsd: idle };
}

function hostedOf({ hosted, served }: DeploymentEconomics): AuditHosted | null {
  const { chosen, cheapest, median } = hosted;
  if (chosen?.usd === undefined || cheapest?.usd === undefined || median?.usd === undefined) {
    return null;
  }
  return {
    host: chosen.host,
    costUsd: microText(micro(chosen.usd)),
    usdPerMtok: ratioText(usdPerMtok(chosen.usd, served.tokens)),
    cheapestUsd: microText(micro(cheapest.usd)),
    medianUsd: microText(micro(median.usd)),
    considered: hosted.considered.map(consideredOf),
  };
}

function consideredOf({ host, model, quantization, usd: cost, reason }: ConsideredHost) {
  return { host, model, quantization, costUsd: moneyText(cost), reason: reason ?? null };
}

function breakEvenOf({ tokens, tokensPerDay, utilization, note }: BreakEven): AuditBreakEven {
  return {
    tokens: countOf(tokens),
    tokensPerDay: countOf(tokensPerDay),
    utilization: ratioText(utilization),
    note: note ?? null,
    hostedUsdPerMtok: null,
    gpuUsdPerHour: null,
    opsHours: null,
  };
}

/** A count that JSON can hold exactly; beyond nine quadrillion tokens nobody counts. */
function countOf(count: bigint | undefined): number | null {
  if (count === undefined || count > BigInt(Number.MAX_SAFE_INTEGER)) return null;
  return Number(count);
}

function waiverOf({ waiver }: DeploymentEconomics): AuditWaiver | null {
  if (waiver === undefined) return null;
  const worth: Exact | undefined = waiver.worthUsdPerQuarter;
  return {
    reason: waiver.reason,
    owner: waiver.owner,
    worthUsdPerQuarter: moneyText(worth),
    expires: waiver.expiresMs === undefined ? null : dayText(waiver.expiresMs),
    expired: waiver.expired,
  };
}
