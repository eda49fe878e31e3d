/**
 * Knows whose hours count: the ops log where it speaks of the window, config's assumptions where
 * not.
 */

import type { LaborConfig, LaborSideConfig } from '../config/config.ts';
import { add, type Exact, exact, exactInteger, multiply, ZERO } from '../domain/exact.ts';
import type { OpsEntry } from '../domain/ops.ts';
import { durationMs, HOUR_MS } from '../domain/period.ts';
import type { LaborInput, LaborSide, Range } from '../economics/input.ts';
import type { AuditedPeriod } from './window.ts';

export interface LaborTerms {
  readonly audited: AuditedPeriod;
  /** Deployments of the config; hours for any other name count for the whole stack. */
  readonly known: ReadonlySet<string>;
}

/**
 * Config states hours a quarter. A quarter that is not over takes the share that has passed; a
 * window given by hand takes them as they stand. One entry in the log makes the whole self-hosted
 * side measured.
 */
export function laborInput(
  labor: LaborConfig,
  entries: readonly OpsEntry[],
  { audited, known }: LaborTerms,
): LaborInput {
  const share = passedShare(audited);
  const measured = entries.length > 0;
  return {
    loadedUsdPerHour: labor.loadedUsdPerHour,
    serverlessShare: labor.serverlessShare,
    hosted: scaledSide(labor.hosted, share),
    selfHosted: measured ? measuredSide(entries, known) : scaledSide(labor.selfHosted, share),
    basis: measured ? 'measured' : 'assumed',
  };
}

/** The share of a quarter that is over: 30 of 92 days are 15/46; 1 for all else. */
export function passedShare({ window, wished, partial }: AuditedPeriod): Exact {
  if (!partial) return exact(1n);
  return exact(BigInt(durationMs(window)), BigInt(durationMs(wished)));
}

function scaledSide({ fixedHours, hoursPerDeployment }: LaborSideConfig, share: Exact): LaborSide {
  return {
    fixedHours: scaled(fixedHours, share),
    hoursPerDeployment: scaled(hoursPerDeployment, share),
  };
}

function scaled({ low, base, high }: Range, share: Exact): Range {
  return { low: multiply(low, share), base: multiply(base, share), high: multiply(high, share) };
}

function measuredSide(entries: readonly OpsEntry[], known: ReadonlySet<string>): LaborSide {
  const byDeployment = new Map<string, Exact>();
  let stack = ZERO;
  for (const { deployment, workedMs } of entries) {
    const hours = exact(BigInt(workedMs), exactInteger(HOUR_MS).num);
    const isStack = deployment === undefined || !known.has(deployment);
    if (isStack) stack = add(stack, hours);
    else byDeployment.set(deployment, add(byDeployment.get(deployment) ?? ZERO, hours));
  }
  // Own keys only, whatever a deployment is called: `__proto__` would not be one on a literal.
  const measuredHours = Object.fromEntries(byDeployment);
  return { fixedHours: certain(stack), hoursPerDeployment: certain(ZERO), measuredHours };
}

function certain(hours: Exact): Range {
  return { low: hours, base: hours, high: hours };
}
