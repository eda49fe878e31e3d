/** Computes the daily and hourly figures that charts use beside the audit. */

import { exact, multiply, toNumber } from '../../domain/exact.ts';
import { usd } from '../../domain/money.ts';
import { dayText, type Period } from '../../domain/period.ts';
import type { DeploymentEconomics } from '../../economics/result.ts';
import type { AuditDetail } from '../auditDetail.ts';
import type { PrintedDeployment } from './documentDeployment.ts';
import { toMicroUsd, microUsdText, roundTogether } from './printed.ts';

export function printChartDetail(
  printed: readonly PrintedDeployment[],
  window: Period,
): AuditDetail {
  return {
    days: printed.flatMap(daysOf),
    load: printed.map(({ deployment }) => loadOf(deployment, window)),
  };
}

/** Rounds days together, so they sum to the deployment's printed figures. */
function daysOf({ deployment, spend, covered }: PrintedDeployment): AuditDetail['days'] {
  const { days, hosted, id } = deployment;
  const spends = roundTogether(
    days.map((day) => usd(day.spend)),
    spend,
  );
  const covereds = roundTogether(
    days.map((day) => day.coveredUsd),
    covered,
  );
  const own = hosted.byDay.find(({ host }) => host.host === hosted.chosen?.host);
  const hosteds = own && roundTogether(own.usd, own.host.usd ? toMicroUsd(own.host.usd) : 0n);
  return days.map((day, index) => ({
    day: dayText(day.dayMs),
    deployment: id,
    spendUsd: microUsdText(spends[index] ?? 0n),
    coveredSpendUsd: microUsdText(covereds[index] ?? 0n),
    tokens: day.promptTokens + day.outputTokens,
    hostedUsd: hosteds === undefined ? null : microUsdText(hosteds[index] ?? 0n),
  }));
}

const NS_IN_MS = 1_000_000;
const SECONDS_IN_HOUR = exact(3600n);

function loadOf(deployment: DeploymentEconomics, window: Period): AuditDetail['load'][number] {
  const { id, load, capacity, time } = deployment;
  const replicas = exact(BigInt(time.mostReplicas));
  const perHour =
    capacity && multiply(multiply(capacity.tokensPerSecond, SECONDS_IN_HOUR), replicas);
  return {
    deployment: id,
    startMs: window.startMs,
    tokensByHour: Array.from(load.tokensByHour, (tokens) => (Number.isNaN(tokens) ? null : tokens)),
    capacityTokensPerHour: perHour === undefined ? null : toNumber(perHour),
    replicas: time.mostReplicas,
    paidMsByHour: Array.from(load.paidNsByHour, (ns) => Math.round(ns / NS_IN_MS)),
  };
}
