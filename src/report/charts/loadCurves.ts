/**
 * Computes load-duration curves, a deployment's hours from busiest to quietest compared with paid
 * and planned capacity, and states them in words.
 */

import { ONE, sum, toNumber } from '../../domain/exact.ts';
import { invariant } from '../../domain/failure.ts';
import type { DetailReading } from '../sections/storedAmounts.ts';
import { capacityBasisOf } from '../copy/capacity.ts';
import { counted, percent, percentOf, tokenCount, wholeText } from '../format.ts';
import type { AuditReading } from '../sections/auditReading.ts';
import type { DeploymentReading } from '../sections/deploymentReading.ts';
import { shownName } from '../displayText.ts';
import type { Reader } from '../locale.ts';
import { dayText, HOUR_MS } from '../../domain/period.ts';

/** Maximum number of panels. */
export const MOST_PANELS = 4;

export interface LoadCurve {
  readonly deployment: string;
  /** Shares of the paid capacity, busiest hour first. */
  readonly shares: readonly number[];
  readonly capacityTokensPerHour: number;
  /** False for an observed capacity, which is only the highest load seen. */
  readonly isMeasured: boolean;
  /** Dollars by how full their hours were. Absent if unknown. */
  readonly use?: HourDollars;
  /** Present if the plan keeps some replicas and buys the remaining tokens. */
  readonly kept?: KeptCapacity;
}

export interface KeptCapacity {
  readonly replicas: number;
  /** The most replicas paid for at once. */
  readonly of: number;
  /** Kept capacity as a share of the paid capacity. */
  readonly share: number;
  /** Number of hours above that share. */
  readonly overflowHours: number;
}

export interface LoadCurves {
  /** Most expensive deployments first. */
  readonly curves: readonly LoadCurve[];
  /** Number of deployments with a curve that are not shown. */
  readonly left: number;
  /** Number of deployments without known capacity or usage. */
  readonly withoutCurve: number;
  /** Hours of the shown deployments without known usage. They are left out, not counted as 0. */
  readonly unknownHours: number;
}

type Load = DetailReading['load'][number];

/**
 * Curves of the `most` most expensive deployments. Worked number: hours of 3.6M, 10.8M, 0 and 1.2M
 * tokens at a capacity of 10.8M an hour are shares of 1, 0.333, 0.111 and 0. With one of two
 * replicas kept, one hour overflows.
 */
export function computeLoadCurves({ audit, detail }: Charted, most: number): LoadCurves {
  const spend = spendByDeployment(detail);
  const kept = keptReplicas(audit);
  const measured = new Set(audit.deployments.filter(isMeasuredCapacity).map(({ id }) => id));
  const drawable = detail.load
    .filter(
      (load) =>
        (load.capacityTokensPerHour ?? 0) > 0 &&
        load.tokensByHour.some((tokens) => tokens !== null),
    )
    .sort((a, b) => (spend.get(b.deployment) ?? 0) - (spend.get(a.deployment) ?? 0));
  const shown = drawable.slice(0, most);
  return {
    curves: shown.map((load) => {
      const use = computeHourDollars(load, detail.days);
      const isMeasured = measured.has(load.deployment);
      return {
        ...curveOf(load, kept.get(load.deployment)),
        isMeasured,
        ...(isMeasured && use !== undefined ? { use } : {}),
      };
    }),
    left: drawable.length - shown.length,
    withoutCurve: detail.load.length - drawable.length,
    unknownHours: shown.reduce(
      (hours, { tokensByHour }) => hours + tokensByHour.filter((tokens) => tokens === null).length,
      0,
    ),
  };
}

interface Charted {
  readonly audit: AuditReading;
  readonly detail: DetailReading;
}

/** Kept replicas of the deployments that the plan runs as a hybrid. */
function keptReplicas(audit: AuditReading): Map<string, number> {
  const { deployments } = audit;
  const hybrids = audit.plan.flatMap(({ deployment, option }) =>
    option === 'hybrid' ? [deployment] : [],
  );
  return new Map(
    deployments.flatMap(({ id, options }) => {
      const replicas = options.find(({ option }) => option === 'hybrid')?.detail.replicas;
      return hybrids.includes(id) && replicas !== undefined ? [[id, replicas] as const] : [];
    }),
  );
}

/**
 * True for a stated capacity that no interval exceeded. An observed or raised capacity is its own
 * maximum.
 */
function isMeasuredCapacity(deployment: DeploymentReading): boolean {
  const basis = capacityBasisOf(deployment);
  return basis?.code === 'measured' && basis.raised !== true;
}

function curveOf(load: Load, keptCount: number | undefined): Omit<LoadCurve, 'isMeasured'> {
  const { deployment, capacityTokensPerHour, tokensByHour, replicas } = load;
  invariant(capacityTokensPerHour !== null, 'only a deployment with a known capacity has a curve');
  // Doubles sort several times as fast.
  const hours = Float64Array.from(tokensByHour.filter((tokens) => tokens !== null)).sort();
  const shares = Array.from(hours.toReversed(), (tokens) => tokens / capacityTokensPerHour);
  const curve = { deployment, shares, capacityTokensPerHour };
  if (keptCount === undefined || replicas < 1) return curve;
  const share = keptCount / replicas;
  const overflowHours = shares.filter((used) => used > share).length;
  return { ...curve, kept: { replicas: keptCount, of: replicas, share, overflowHours } };
}

function spendByDeployment({ days }: DetailReading): Map<string, number> {
  const grouped = Map.groupBy(days, ({ deployment }) => deployment);
  return new Map(
    [...grouped].map(([id, of]) => [id, toNumber(sum(of.map(({ spendUsd }) => spendUsd)))]),
  );
}

/** Dollars of hours with known usage: all of them, and those at 50% of capacity or more. */
export interface HourDollars {
  readonly usd: number;
  readonly atLeastHalfUsd: number;
}

/**
 * Splits each day's dollars over its hours by paid replica time. An hour's capacity is that of the
 * replicas paid for in it. $6.00 for an hour of two replicas at 30% and an hour of one at 60%:
 * $2.00 of $6.00 at half or more. `undefined` if paid hours are unknown.
 */
export function computeHourDollars(
  load: Load,
  days: DetailReading['days'],
): HourDollars | undefined {
  const { tokensByHour, capacityTokensPerHour, replicas, paidMsByHour } = load;
  if (paidMsByHour === undefined || capacityTokensPerHour === null || replicas < 1)
    return undefined;
  const rates = ratesOf(load, days);
  let [usd, atLeastHalfUsd] = [0, 0];
  for (const [hour, tokens] of tokensByHour.entries()) {
    const paidMs = paidMsByHour[hour] ?? 0;
    if (tokens === null || paidMs <= 0) continue;
    const full = (capacityTokensPerHour / replicas) * (paidMs / HOUR_MS);
    const paid = paidMs * (rates.get(dayOf(load, hour)) ?? 0);
    usd += paid;
    if (tokens >= full / 2) atLeastHalfUsd += paid;
  }
  return usd > 0 ? { usd, atLeastHalfUsd } : undefined;
}

/** Dollars per millisecond of replica time, by day. */
function ratesOf(load: Load, days: DetailReading['days']): Map<string, number> {
  const paid = new Map<string, number>();
  for (const [hour, ms] of (load.paidMsByHour ?? []).entries()) {
    const day = dayOf(load, hour);
    paid.set(day, (paid.get(day) ?? 0) + ms);
  }
  return new Map(
    days
      .filter(({ deployment }) => deployment === load.deployment)
      .map(({ day, spendUsd }) => [day, toNumber(spendUsd) / (paid.get(day) || Infinity)]),
  );
}

function dayOf({ startMs }: Load, hour: number): string {
  return dayText(startMs + hour * HOUR_MS);
}

/** Weighted by dollars, like utilization. Deployments without a measured capacity are left out. */
export function titleOf(curves: readonly LoadCurve[], reader: Reader): string {
  const used = curves.flatMap(({ use }) => (use === undefined ? [] : [use]));
  if (used.length === 0) return 'Tokens served in each hour, busiest hour first';
  const paid = used.reduce((all, { usd }) => all + usd, 0);
  const half = used.reduce((all, { atLeastHalfUsd }) => all + atLeastHalfUsd, 0);
  const isMostly = half * 2 <= paid;
  const share = percentOf((isMostly ? paid - half : half) / paid, reader);
  const hours = isMostly
    ? 'that used less than half of full capacity'
    : 'that used at least half of full capacity';
  return `Hours ${hours} took ${share} of the GPU spend`;
}

/** Note on deployments without a measured capacity. */
function unmeasuredText(curves: readonly LoadCurve[], reader: Reader): string {
  const unmeasured = curves.filter(({ isMeasured }) => !isMeasured).length;
  if (unmeasured === 0) return '';
  if (unmeasured === curves.length)
    return `No capacity is measured. ${percent(ONE, reader)} is the highest load seen.`;
  const have = `${counted(unmeasured, 'deployment', reader)} ${unmeasured === 1 ? 'has' : 'have'}`;
  return `${have} no measured capacity. There, ${percent(ONE, reader)} is the highest load seen.`;
}

export function subtitleOf(
  { curves, left, withoutCurve, unknownHours }: LoadCurves,
  reader: Reader,
): string[] {
  const notes = [
    unmeasuredText(curves, reader),
    left === 0 ? '' : `The ${curves.length} most expensive of ${curves.length + left} deployments.`,
    withoutCurve === 0
      ? ''
      : `Left out: ${counted(withoutCurve, 'deployment', reader)} without known load or capacity.`,
    unknownHours === 0
      ? ''
      : `Left out: ${counted(unknownHours, 'hour', reader)} without usage data.`,
  ].filter((note) => note !== '');
  const first = curves.some(({ isMeasured }) => isMeasured)
    ? 'Tokens of each hour compared with the paid capacity, busiest hour first.'
    : 'Tokens of each hour, busiest hour first.';
  return [first, ...notes];
}

/** `full at 346M tokens an hour`, and what the plan keeps. */
export function panelWords(
  { capacityTokensPerHour, isMeasured, kept }: LoadCurve,
  reader: Reader,
): string[] {
  const most = isMeasured ? 'full at' : 'highest load seen:';
  const full = `${most} ${tokenCount(capacityTokensPerHour, reader)} tokens an hour`;
  if (kept === undefined) return [full];
  const { replicas, of, overflowHours } = kept;
  const machines =
    replicas > of ? `${replicas} replicas (paid for: ${of})` : `${replicas} of ${of} replicas`;
  return [full, `plan keeps ${machines}: ${counted(overflowHours, 'hour', reader)} overflow`];
}

export function inWords(curve: LoadCurve, reader: Reader): string {
  const text = panelWords(curve, reader).join(', ');
  return `${shownName(curve.deployment)}: ${text}, ${hoursText(curve, reader)}.`;
}

/** `busiest hour 79%, median hour 14%, no tokens in 12 of 2,208 hours`. */
export function hoursText({ shares }: LoadCurve, reader: Reader): string {
  const at = (index: number) => percentOf(shares[index] ?? 0, reader);
  const empty = shares.filter((share) => share === 0).length;
  return [
    `busiest hour ${at(0)}`,
    `median hour ${at(Math.floor(shares.length / 2))}`,
    `no tokens in ${wholeText(empty, reader)} of ${counted(shares.length, 'hour', reader)}`,
  ].join(', ');
}
