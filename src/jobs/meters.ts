/** Compares a deployment's gateway with its usage, for an audit. */

import type { DeploymentConfig } from '../config/deploymentConfig.ts';
import type { Period } from '../domain/period.ts';
import { rowsStartingIn, type UsageSeries } from '../domain/usage.ts';
import type { UsageFacts } from '../domain/usageFacts.ts';
import type { ExtraUsage } from '../economics/usage/beside.ts';
import { compareMeters } from '../economics/usage/meters.ts';

interface Meters {
  readonly window: Period;
  /** All usage that was served, including what no verdict uses, because a gateway counts it too. */
  readonly first: () => UsageSeries;
  readonly second: UsageSeries | undefined;
  readonly facts: UsageFacts;
}

/** Returns how far the gateway agrees with usage; empty without a gateway. */
export function compareGateway(
  { gateway }: DeploymentConfig,
  { window, first, second, facts }: Meters,
): Pick<ExtraUsage, 'meters'> {
  if (gateway === undefined) return {};
  const within = (series: UsageSeries) => rowsStartingIn(series, window.startMs, window.endMs);
  const other = { sourceId: gateway.source, series: second && within(second) };
  const counts = facts.requestCounts.filter(({ period: { startMs } }) => isWithin(window, startMs));
  const meters = compareMeters(within(first()), other, counts);
  return meters === undefined ? {} : { meters };
}

export function isWithin({ startMs, endMs }: Period, atMs: number): boolean {
  return atMs >= startMs && atMs < endMs;
}
