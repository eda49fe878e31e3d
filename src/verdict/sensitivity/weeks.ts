/** Computes how much tokens vary from week to week. */

import { compare, divide, type Exact, exact, exactInteger } from '../../domain/exact.ts';
import { DAY_MS, type Period } from '../../domain/period.ts';
import { sumWhole } from '../../domain/whole.ts';
import type { DayEconomics, DeploymentEconomics } from '../../economics/result.ts';
import type { FactorRange } from './shifts.ts';

const DAYS_IN_WEEK = 7;
const FEWEST_WEEKS = 2;

/**
 * The lightest and the busiest week over the mean week. Only whole weeks with known usage count,
 * from the window's first whole day. `undefined` with fewer than two, or without tokens. Weeks of
 * 10, 20 and 30 million tokens range from 0.5 to 1.5.
 */
export function weekSwing(
  deployments: readonly DeploymentEconomics[],
  window: Period,
): FactorRange | undefined {
  const weeks = knownWeeks(deployments, window).sort(compare);
  const [lightest, busiest] = [weeks[0], weeks.at(-1)];
  if (weeks.length < FEWEST_WEEKS || lightest === undefined || busiest === undefined) {
    return undefined;
  }
  const whole = weeks.reduce((all, { num }) => all + num, 0n);
  if (whole === 0n) return undefined;
  const mean = exact(whole, BigInt(weeks.length));
  return { low: divide(lightest, mean), high: divide(busiest, mean) };
}

/** Tokens of each known week. */
function knownWeeks(deployments: readonly DeploymentEconomics[], window: Period): Exact[] {
  const byDeployment = deployments.map(({ days }) => days.filter((day) => isWhole(day, window)));
  const count = Math.floor((byDeployment[0]?.length ?? 0) / DAYS_IN_WEEK);
  return Array.from({ length: count }, (_, week) =>
    byDeployment.map((days) => days.slice(week * DAYS_IN_WEEK, (week + 1) * DAYS_IN_WEEK)),
  ).flatMap((week) => (week.every(isKnown) ? [tokensOf(week.flat())] : []));
}

function isWhole({ dayMs }: DayEconomics, { startMs, endMs }: Period): boolean {
  return dayMs >= startMs && dayMs + DAY_MS <= endMs;
}

/** Usage covers at least 90% of the paid time. Missing data must not look like a lighter week. */
function isKnown(days: readonly DayEconomics[]): boolean {
  const paidNs = sumWhole(days.map((day) => day.paidNs));
  const coveredNs = sumWhole(days.map((day) => day.coveredNs));
  return coveredNs * 10n >= paidNs * 9n;
}

function tokensOf(days: readonly DayEconomics[]): Exact {
  return exactInteger(days.reduce((all, day) => all + day.promptTokens + day.outputTokens, 0));
}
