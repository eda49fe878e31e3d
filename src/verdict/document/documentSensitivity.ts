/** Knows how break-evens, flips, effects and scenarios are printed in an audit: to six places. */

import { toDecimal } from '../../domain/exact.ts';
import { dayText } from '../../domain/period.ts';
import type { BreakEven, FixedRate } from '../../economics/breakEven/breakEvenPoints.ts';
import type {
  AuditAfterContracts,
  AuditFixedRate,
  AuditOutlook,
  Flip,
  Sensitivity,
} from '../auditDecision.ts';
import type { AuditBreakEven } from '../auditDeployment.ts';
import type { Effect } from '../sensitivity/effect.ts';
import type { FoundFlip } from '../sensitivity/flip.ts';
import type { AfterContracts, Scenario } from '../sensitivity/scenarios.ts';
import { micro, microText, ratioText } from './printed.ts';

export function printBreakEven(breakEven: BreakEven): AuditBreakEven {
  return {
    tokens: countOf(breakEven.tokens),
    tokensPerDay: countOf(breakEven.tokensPerDay),
    utilization: ratioText(breakEven.utilization),
    note: breakEven.note ?? null,
    hostedUsdPerMtok: ratioText(breakEven.hostedUsdPerMtok),
    gpuUsdPerHour: ratioText(breakEven.gpuUsdPerHour),
    gpuContract: fixedRate(breakEven.gpuContract),
    opsHours: ratioText(breakEven.opsHours),
    cacheShare: ratioText(breakEven.cacheShare),
  };
}

/** A count that JSON can hold exactly; beyond nine quadrillion tokens nobody counts. */
function countOf(count: bigint | undefined): number | null {
  if (count === undefined || count > BigInt(Number.MAX_SAFE_INTEGER)) return null;
  return Number(count);
}

export function printFlips(flips: readonly FoundFlip[]): Flip[] {
  return flips.map(({ input, today, flipsAt, change, contract }) => ({
    input,
    today: toDecimal(today, 6),
    flipsAt: toDecimal(flipsAt, 6),
    change: ratioText(change),
    contract: fixedRate(contract),
  }));
}

function fixedRate(fixed: FixedRate | undefined): AuditFixedRate | null {
  if (fixed === undefined) return null;
  const { leastUsdPerHour, untilMs, isBeyond } = fixed;
  return { leastUsdPerHour: toDecimal(leastUsdPerHour, 6), until: lastDay(untilMs), isBeyond };
}

function lastDay(untilMs: number | undefined): string | null {
  return untilMs === undefined ? null : dayText(untilMs - 1);
}

export function printEffects(effects: readonly Effect[]): Sensitivity[] {
  return effects.map(({ input, low, base, high, savingAtLowUsd, savingAtHighUsd }) => ({
    input,
    low,
    base,
    high,
    savingAtLowUsd: microText(micro(savingAtLowUsd)),
    savingAtHighUsd: microText(micro(savingAtHighUsd)),
  }));
}

export function printScenarios(
  scenarios: readonly Scenario[],
): AuditOutlook['scenarios'][number][] {
  return scenarios.map(({ name, afterContracts: after, ...savings }) => ({
    name,
    ...printSavings(savings),
    afterContracts: printAfter(after),
  }));
}

export function printAfter(after: AfterContracts | undefined): AuditAfterContracts | null {
  return after === undefined ? null : { ...printSavings(after), until: lastDay(after.untilMs) };
}

function printSavings({ savingUsd, bestSavingUsd }: Pick<Scenario, 'savingUsd' | 'bestSavingUsd'>) {
  return {
    savingUsd: microText(micro(savingUsd)),
    bestSavingUsd: microText(micro(bestSavingUsd)),
  };
}
