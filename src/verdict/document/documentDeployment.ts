/** Prints one deployment of an audit. */

import { type Exact, exact, toDecimal, ZERO } from '../../domain/exact.ts';
import { usd } from '../../domain/money.ts';
import { dayText, HOUR_MS, instantText } from '../../domain/period.ts';
import type { Choice } from '../../economics/offer.ts';
import type { Capacity, DeploymentEconomics, UnbilledUsage } from '../../economics/result.ts';
import type { Warning } from '../../economics/warning.ts';
import type { AuditDecided } from '../auditDecision.ts';
import type {
  AuditCapacityBasis,
  AuditDeployment,
  AuditDoubt,
  AuditWaiver,
} from '../auditDeployment.ts';
import type { DeploymentDecision } from '../decision.ts';
import type { InputBreakEven } from '../sensitivity/inputEffect.ts';
import { printHosted } from './documentHosted.ts';
import {
  printAuditOptions,
  printSharedRent,
  type PrintedOption,
  printOptions,
} from './documentOptions.ts';
import { printBreakEven, printInputBreakEvens } from './documentSensitivity.ts';
import {
  type MicroUsd,
  microUsdText,
  moneyText,
  printProbability,
  printSimulated,
  printWindowTooShort,
  ratioText,
  roundTogether,
  toMicroUsd,
} from './printed.ts';
import type { AuditSentences } from './sentences.ts';

/** A deployment's printed money: spend = covered + uncovered. */
export interface PrintedDeployment {
  readonly deployment: DeploymentEconomics;
  readonly spend: MicroUsd;
  readonly covered: MicroUsd;
  readonly uncovered: MicroUsd;
  readonly options: readonly PrintedOption[];
}

export function roundDeployment(
  deployment: DeploymentEconomics,
  spend: MicroUsd,
): PrintedDeployment {
  const uncovered = toMicroUsd(deployment.spend.uncoveredUsd);
  const covered = spend - uncovered;
  return { deployment, spend, covered, uncovered, options: printOptions(deployment, covered) };
}

export interface DeploymentPrintInput {
  readonly decision: DeploymentDecision;
  readonly flips: readonly InputBreakEven[];
  /** Warnings about the data. */
  readonly warnings: readonly Warning[];
  readonly sentences: AuditSentences;
}

export function printAuditDeployment(
  printed: PrintedDeployment,
  { decision, flips, warnings, sentences }: DeploymentPrintInput,
): AuditDeployment {
  const { deployment } = printed;
  const allWarnings = [...deployment.warnings, ...warnings];
  return {
    id: deployment.id,
    model: deployment.model,
    ...verdictOf(printed, decision),
    spendUsd: microUsdText(printed.spend),
    billedUsd: microUsdText(printed.spend + notInTime(deployment.spend)),
    computeUsd: microUsdText(toMicroUsd(usd(deployment.spend.compute))),
    uncoveredUsd: microUsdText(printed.uncovered),
    ...unbilledOf(deployment),
    ...useOf(deployment, sentences),
    ...waterfallOf(printed),
    hosted: printHosted(deployment, sentences),
    ...alreadyHostedOf(deployment),
    ...(deployment.shared === undefined ? {} : { sharedRent: printSharedRent(deployment) }),
    options: printAuditOptions(deployment, printed.options, { odds: decision.odds, sentences }),
    breakEven: printBreakEven(deployment.breakEven, sentences),
    flips: printInputBreakEvens(flips, sentences),
    waiver: waiverOf(deployment),
    reasons: decision.reasons.map(sentences.reason),
    reasonDetails: decision.reasons,
    missing: decision.lacking.map(sentences.missing),
    missingDetails: decision.lacking,
    warnings: allWarnings.map(sentences.warning),
    warningDetails: allWarnings,
    ...doubtsOf(deployment),
  };
}

/** Billed less effective cost. Exactly 0 if all charges are for the window's own time. */
function notInTime({ billed, total }: DeploymentEconomics['spend']): MicroUsd {
  return toMicroUsd(usd(billed - total));
}

function alreadyHostedOf({ bought }: DeploymentEconomics): Pick<AuditDeployment, 'alreadyHosted'> {
  if (bought === undefined) return {};
  const models = bought.models.map(({ sourceId: source, model }) => ({ source, model }));
  const servedHere = ratioText(bought.servedHere);
  const { tokens, nanoUsd } = bought;
  return {
    alreadyHosted: { tokens, usd: microUsdText(toMicroUsd(usd(nanoUsd))), servedHere, models },
  };
}

function doubtsOf({ doubts }: DeploymentEconomics): { doubts?: AuditDoubt[] } {
  if (doubts === undefined) return {};
  const printed = doubts.map(({ code, startMs, endMs, tokens, ...rates }) => ({
    code,
    start: instantText(startMs),
    end: instantText(endMs),
    tokens,
    tokensPerSecond: ratioText(rates.tokensPerSecond) ?? '',
    supportedTokensPerSecond: rates.supported.toFixed(6),
  }));
  return { doubts: printed };
}

function verdictOf(printed: PrintedDeployment, decision: DeploymentDecision) {
  const { verdict, subject, leaning, standing, odds } = decision;
  const drawn = subject && odds.get(subject)?.withLabor;
  const saving = savingMicro(printed, subject);
  const { probability, low, high } = printSimulated(drawn, saving);
  return {
    verdict,
    decision: decidedOf(printed, decision),
    probability,
    savingUsd: { base: saving === undefined ? null : microUsdText(saving), low, high },
    cannotTell: printWindowTooShort(drawn),
    withoutLabor: printed.deployment.lacks === undefined ? bareOf(decision) : null,
    leaning: leaning ?? null,
    standing: standing ?? null,
  };
}

function bareOf({ withoutLabor, bare }: DeploymentDecision) {
  return {
    verdict: withoutLabor,
    savingUsd: microUsdText(toMicroUsd(bare.savingUsd)),
    probability: printProbability(bare.odds),
  };
}

/** Tokens served over time without a bill. They are in no other figure. */
function unbilledOf({ unbilled }: DeploymentEconomics) {
  const [first] = unbilled?.periods ?? [];
  const hours = unbilled === undefined ? ZERO : unbilledHours(unbilled);
  return {
    unbilledTokens: unbilled?.tokens ?? 0,
    unbilledShare: toDecimal(unbilled?.share ?? ZERO, 6),
    unbilledReplicaHours: ratioText(hours),
    firstUnbilled:
      first === undefined
        ? null
        : { start: instantText(first.startMs), end: instantText(first.endMs) },
  };
}

function unbilledHours({ replicaMs }: UnbilledUsage): Exact | undefined {
  return replicaMs === undefined ? undefined : exact(BigInt(replicaMs), BigInt(HOUR_MS));
}

/** The saving of a change that is held back is that of its option's row. */
function decidedOf(printed: PrintedDeployment, { decided }: DeploymentDecision): AuditDecided {
  const { heldBack, ...rest } = decided;
  if (heldBack === undefined) return { ...rest, heldBack: null };
  const saved = savingMicro(printed, heldBack.option);
  const savingUsd = microUsdText(saved ?? toMicroUsd(heldBack.savingUsd));
  return { ...rest, heldBack: { ...heldBack, savingUsd } };
}

/** Tokens served, and utilization of the paid time. */
function useOf(
  { served, capacity, time, ...deployment }: DeploymentEconomics,
  sentences: AuditSentences,
) {
  const basis = capacity === undefined ? null : basisOf(capacity);
  return {
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
    capacityBasis: basis === null ? null : sentences.capacityBasis(basis),
    capacityBasisDetail: basis,
    capacityEvidence: capacity?.evidence ?? null,
  };
}

function basisOf({ basis, isRaised }: Capacity): AuditCapacityBasis {
  return { code: basis, ...(isRaised === true ? { raised: true } : {}) };
}

/** Printed saving of the verdict's option, as in its row. */
function savingMicro({ options }: PrintedDeployment, subject: Choice | undefined) {
  const cost = (name: string) => options.find(({ option }) => option === name)?.cost?.whole;
  const [keep, other] = [cost('keep'), subject && cost(subject)];
  return keep === undefined || other === undefined ? undefined : keep - other;
}

const NS_IN_HOUR = 3_600_000_000_000n;

/** If all three parts are known, they are rounded to sum to the printed covered spend. */
function waterfallOf({ deployment, covered }: PrintedDeployment) {
  const { fullUsd, underfilledUsd, idleUsd } = deployment.waterfall;
  const known =
    fullUsd && underfilledUsd && idleUsd
      ? roundTogether([fullUsd, underfilledUsd, idleUsd], covered).map(microUsdText)
      : [fullUsd, underfilledUsd, idleUsd].map(moneyText);
  const [full = null, under = null, idle = null] = known;
  return { fullCapacityUsd: full, underfilledUsd: under, idleUsd: idle };
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
