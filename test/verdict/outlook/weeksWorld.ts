/**
 * Thirteen weeks for tests: one pod at a constant cost, a number of million tokens a day in each
 * week, and a provider that charges the same for prompt and output tokens.
 */

import { decimal, ZERO } from '../../../src/domain/exact.ts';
import { period } from '../../../src/domain/period.ts';
import type { StackInput } from '../../../src/economics/input.ts';
import { weighStack } from '../../../src/economics/stack.ts';
import {
  charge,
  deployment,
  hosted,
  hour,
  NO_LABOR,
  price,
  series,
  stack,
} from '../../economics/stackFixture.ts';

const WEEKS = 13;
export const WEEKS_DAYS = WEEKS * 7;
const MTOK = 1_000_000;

/** 2026-09-30, the first day after the window. */
export const WEEKS_END_MS = hour(WEEKS_DAYS * 24);

export interface WeeklyPod {
  readonly id: string;
  readonly usdPerDay: number;
  /** Million tokens a day, by week. */
  readonly mtok: (week: number) => number;
  /** The share of output tokens by week; the rest are prompt. */
  readonly outputShare?: (week: number) => number;
  /** Days without known usage. */
  readonly missing?: (day: number) => boolean;
  readonly capacity?: string;
}

/** Rises by a half from 5 to 11, 8 in the middle: a sixteenth of that a week. */
export const RISING = (week: number) => 5 + week / 2;
export const FALLING = (week: number) => 11 - week / 2;

/** $1 per million tokens by default. */
const DOLLAR = price({ host: 'host-a', input: '1', output: '1' });

export function weeklyStack(pods: readonly WeeklyPod[], overrides: Partial<StackInput> = {}) {
  return weighStack(
    stack({
      window: period(hour(0), WEEKS_END_MS),
      charges: pods.map(rentOf),
      prices: [DOLLAR],
      deployments: pods.map(deploymentOf),
      labor: NO_LABOR,
      cacheRealization: { low: ZERO, base: ZERO, high: ZERO },
      ...overrides,
    }),
  );
}

function rentOf({ id, usdPerDay }: WeeklyPod) {
  const usd = String(usdPerDay * WEEKS_DAYS);
  const quantity = decimal(String(WEEKS_DAYS * 24));
  return charge({ usd, from: 0, to: WEEKS_DAYS * 24, resourceId: id, quantity, unit: 'Hours' });
}

function deploymentOf({ id, missing = () => false, capacity = '3000', ...load }: WeeklyPod) {
  const days = Array.from({ length: WEEKS_DAYS }, (_, day) => day).filter((day) => !missing(day));
  const usage = series(days.map((day) => rowOf(day, load)));
  return deployment({
    id,
    resources: [{ sourceId: 'bill', id }],
    usage,
    trailingUsage: usage,
    capacity: { tokensPerSecond: decimal(capacity) },
    hosted: hosted({ fee: ZERO }),
  });
}

function rowOf(day: number, { mtok, outputShare }: Pick<WeeklyPod, 'mtok' | 'outputShare'>) {
  const week = Math.floor(day / 7);
  const tokens = mtok(week) * MTOK;
  const output = Math.round(tokens * (outputShare?.(week) ?? 0));
  return { at: day * 24, hours: 24, uncached: tokens - output, cached: 0, output };
}
