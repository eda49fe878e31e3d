/** Prints break-evens, effects and scenarios of an audit, with six decimals. */

import { add, decimal, toDecimal } from '../../domain/exact.ts';
import { dayText } from '../../domain/period.ts';
import type { BreakEven, FixedRate } from '../../economics/breakEven/breakEvenPoints.ts';
import type {
  AuditAfterContracts,
  AuditFixedRate,
  AuditInputBreakEven,
  AuditOutlook,
  AuditSensitivity,
} from '../auditDecision.ts';
import type { AuditBreakEven } from '../auditDeployment.ts';
import type { InputBreakEven, InputEffect } from '../sensitivity/inputEffect.ts';
import type { AfterContracts, Scenario } from '../sensitivity/scenarios.ts';
import { microUsdText, ratioText, toMicroUsd } from './printed.ts';
import type { AuditSentences } from './sentences.ts';
import { usdText } from '../../domain/money.ts';
import type { SavingText } from '../auditWord.ts';
import type { Outlook } from '../outlook/outlook.ts';
import { nineDecimals, type Trends } from '../outlook/forecast.ts';

export function printBreakEven(
  { note, lacks = {}, ...breakEven }: BreakEven,
  { breakEvenNote }: AuditSentences,
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

export function printInputBreakEvens(
  flips: readonly InputBreakEven[],
  sentences: Pick<AuditSentences, 'flipInput'>,
): AuditInputBreakEven[] {
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
  effects: readonly InputEffect[],
  sentences: Pick<AuditSentences, 'effect'>,
): AuditSensitivity[] {
  return effects.map(({ detail, savingAtLowUsd, savingAtHighUsd }) => ({
    ...sentences.effect(detail),
    detail,
    savingAtLowUsd: microUsdText(toMicroUsd(savingAtLowUsd)),
    savingAtHighUsd: microUsdText(toMicroUsd(savingAtHighUsd)),
  }));
}

export function printScenarios(
  scenarios: readonly Scenario[],
  sentences: Pick<AuditSentences, 'scenario'>,
): AuditOutlook['scenarios'][number][] {
  return scenarios.map(({ detail, afterContracts: after, ...savings }) => ({
    name: sentences.scenario(detail),
    detail,
    ...printSavings(savings),
    afterContracts: printAfterContracts(after),
  }));
}

export function printAfterContracts(after: AfterContracts | undefined): AuditAfterContracts | null {
  return after === undefined ? null : { ...printSavings(after), until: lastDay(after.untilMs) };
}

function printSavings({ savingUsd, bestSavingUsd }: Pick<Scenario, 'savingUsd' | 'bestSavingUsd'>) {
  return {
    savingUsd: microUsdText(toMicroUsd(savingUsd)),
    bestSavingUsd: microUsdText(toMicroUsd(bestSavingUsd)),
  };
}

export interface PrintedOutlook {
  /** Printed saving of the audited window. */
  readonly asLast: SavingText;
  readonly nextQuarter: AuditOutlook['nextQuarter'];
  readonly scenarios: AuditOutlook['scenarios'];
  readonly afterContracts: AuditOutlook['afterContracts'];
}

/** The trends' effect is added to the printed saving, so both agree if there is no trend. */
export function printOutlook(
  { withTrend, trends, breakEvenMs, deployments }: Outlook,
  { asLast, nextQuarter, scenarios, afterContracts }: PrintedOutlook,
): AuditOutlook {
  const next = withTrend && {
    savingUsd: usdText(
      asLast.base === null ? withTrend.savingUsd : add(decimal(asLast.base), withTrend.changeUsd),
    ),
    ...trendTexts(trends),
  };
  return {
    asLast,
    nextQuarter,
    withTrend: next ?? null,
    flipsOn: dayOf(breakEvenMs),
    deployments: deployments.map((each) => ({
      id: each.id,
      ...trendTexts(each.trends),
      flipsOn: dayOf(each.flipsMs),
    })),
    scenarios,
    afterContracts,
  };
}

function trendTexts({ tokens, hostedPrice }: Trends) {
  const text = (trend: number | undefined) =>
    trend === undefined ? null : ratioText(nineDecimals(trend));
  return { tokensPerWeek: text(tokens), hostedPricePerWeek: text(hostedPrice) };
}

function dayOf(instantMs: number | undefined): string | null {
  return instantMs === undefined ? null : dayText(instantMs);
}
