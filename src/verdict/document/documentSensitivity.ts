/** Prints break-evens, effects and scenarios of an audit, with six decimals. */

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
import type { Sentences } from './sentences.ts';

export function printBreakEven(
  { note, lacks = {}, ...breakEven }: BreakEven,
  { breakEvenNote }: Sentences,
): AuditBreakEven {
  const lackDetails = Object.entries(lacks).map(([name, code]) => [name, { code }] as const);
  return {
    tokens: countOf(breakEven.tokens),
    tokensPerDay: countOf(breakEven.tokensPerDay),
    utilization: ratioText(breakEven.utilization),
    note: note === undefined ? null : breakEvenNote(note),
    noteDetail: note ?? null,
    hostedUsdPerMtok: ratioText(breakEven.hostedUsdPerMtok),
    gpuUsdPerHour: ratioText(breakEven.gpuUsdPerHour),
    gpuContract: fixedRate(breakEven.gpuContract),
    opsHours: ratioText(breakEven.opsHours),
    cacheShare: ratioText(breakEven.cacheShare),
    lackDetails: Object.fromEntries(lackDetails),
  };
}

/** A count as a JSON number. Null above 2^53 - 1, which JSON cannot hold exactly. */
function countOf(count: bigint | undefined): number | null {
  if (count === undefined || count > BigInt(Number.MAX_SAFE_INTEGER)) return null;
  return Number(count);
}

export function printFlips(
  flips: readonly FoundFlip[],
  sentences: Pick<Sentences, 'flipInput'>,
): Flip[] {
  return flips.map(({ code, today, flipsAt, change, contract }) => ({
    input: sentences.flipInput(code),
    code,
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

export function printEffects(
  effects: readonly Effect[],
  sentences: Pick<Sentences, 'effect'>,
): Sensitivity[] {
  return effects.map(({ detail, savingAtLowUsd, savingAtHighUsd }) => ({
    ...sentences.effect(detail),
    detail,
    savingAtLowUsd: microText(micro(savingAtLowUsd)),
    savingAtHighUsd: microText(micro(savingAtHighUsd)),
  }));
}

export function printScenarios(
  scenarios: readonly Scenario[],
  sentences: Pick<Sentences, 'scenario'>,
): AuditOutlook['scenarios'][number][] {
  return scenarios.map(({ detail, afterContracts: after, ...savings }) => ({
    name: sentences.scenario(detail),
    detail,
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
