/** How one deployment is printed in an audit. */

import { type Exact, exact, toDecimal, ZERO } from '../../domain/exact.ts';
import { usd } from '../../domain/money.ts';
import { dayText, HOUR_MS, instantText } from '../../domain/period.ts';
import type { Choice } from '../../economics/offer.ts';
import type { Capacity, DeploymentEconomics, Unbilled } from '../../economics/result.ts';
import type { Warning } from '../../economics/warning.ts';
import type { AuditDecided } from '../auditDecision.ts';
import type {
  AuditCapacityBasis,
  AuditDeployment,
  AuditDoubt,
  AuditWaiver,
} from '../auditDeployment.ts';
import type { DeploymentDecision } from '../decision.ts';
import type { FoundFlip } from '../sensitivity/flip.ts';
import { hostedOf } from './documentHosted.ts';
import {
  auditOptions,
  auditSharedRent,
  type PrintedOption,
  printOptions,
} from './documentOptions.ts';
import { printBreakEven, printFlips } from './documentSensitivity.ts';
import { type MicroUsd, micro, microText, moneyText, ratioText, roundTogether } from './printed.ts';
import type { Sentences } from './sentences.ts';
import { printCannotTell, printOdds, printProbability } from './printedOdds.ts';

/** A deployment's printed money, in which spend = covered + uncovered. */
export interface PrintedDeployment {
  readonly deployment: DeploymentEconomics;
  readonly spend: MicroUsd;
  readonly covered: MicroUsd;
  readonly uncovered: MicroUsd;
  readonly options: readonly PrintedOption[];
}

export function printDeployment(
  deployment: DeploymentEconomics,
  spend: MicroUsd,
): PrintedDeployment {
  const uncovered = micro(deployment.spend.uncoveredUsd);
  const covered = spend - uncovered;
  return { deployment, spend, covered, uncovered, options: printOptions(deployment, covered) };
}

export interface DeploymentSides {
  readonly decision: DeploymentDecision;
  readonly flips: readonly FoundFlip[];
  /** Things about the facts that a reader must know. */
  readonly warnings: readonly Warning[];
  readonly sentences: Sentences;
}

export function auditDeployment(
  printed: PrintedDeployment,
  { decision, flips, warnings, sentences }: DeploymentSides,
): AuditDeployment {
  const { deployment } = printed;
  const told = [...deployment.warnings, ...warnings];
  return {
    id: deployment.id,
    model: deployment.model,
    ...verdictOf(printed, decision),
    spendUsd: microText(printed.spend),
    billedUsd: microText(printed.spend + notInTime(deployment.spend)),
    computeUsd: microText(micro(usd(deployment.spend.compute))),
    uncoveredUsd: microText(printed.uncovered),
    ...unbilledOf(deployment),
    ...useOf(deployment, sentences),
    ...waterfallOf(printed),
    hosted: hostedOf(deployment, sentences),
    ...alreadyHostedOf(deployment),
    ...(deployment.shared === undefined ? {} : { sharedRent: auditSharedRent(deployment) }),
    options: auditOptions(deployment, printed.options, { odds: decision.odds, sentences }),
    breakEven: printBreakEven(deployment.breakEven, sentences),
    flips: printFlips(flips, sentences),
    waiver: waiverOf(deployment),
    reasons: decision.reasons.map(sentences.reason),
    reasonDetails: decision.reasons,
    missing: decision.lacking.map(sentences.missing),
    missingDetails: decision.lacking,
    warnings: told.map(sentences.warning),
    warningDetails: told,
    ...doubtsOf(deployment),
  };
}

/** Where all that was billed is of its own time, the two are alike to the last place. */
function notInTime({ billed, total }: DeploymentEconomics['spend']): MicroUsd {
  return micro(usd(billed - total));
}

function alreadyHostedOf({ bought }: DeploymentEconomics): Pick<AuditDeployment, 'alreadyHosted'> {
  if (bought === undefined) return {};
  const models = bought.models.map(({ sourceId: source, model }) => ({ source, model }));
  const servedHere = ratioText(bought.servedHere);
  const { tokens, nanoUsd } = bought;
  return { alreadyHosted: { tokens, usd: microText(micro(usd(nanoUsd))), servedHere, models } };
}

function doubtsOf({ doubts }: DeploymentEconomics): { doubts?: AuditDoubt[] } {
  if (doubts === undefined) return {};
  const printed = doubts.map(({ code, startMs, endMs, tokens, ...pace }) => ({
    code,
    start: instantText(startMs),
    end: instantText(endMs),
    tokens,
    tokensPerSecond: ratioText(pace.tokensPerSecond) ?? '',
    supportedTokensPerSecond: pace.supported.toFixed(6),
  }));
  return { doubts: printed };
}

function verdictOf(printed: PrintedDeployment, decision: DeploymentDecision) {
  const { verdict, subject, leaning, standing, odds } = decision;
  const drawn = subject && odds.get(subject)?.withLabor;
  const saving = savingMicro(printed, subject);
  const { probability, low, high } = printOdds(drawn, saving);
  return {
    verdict,
    decision: decidedOf(printed, decision),
    probability,
    savingUsd: { base: saving === undefined ? null : microText(saving), low, high },
    cannotTell: printCannotTell(drawn),
    withoutLabor: printed.deployment.lacks === undefined ? bareOf(decision) : null,
    leaning: leaning ?? null,
    standing: standing ?? null,
  };
}

function bareOf({ withoutLabor, bare }: DeploymentDecision) {
  return {
    verdict: withoutLabor,
    savingUsd: microText(micro(bare.savingUsd)),
    probability: printProbability(bare.odds),
  };
}

/** What was served in time for which nothing was billed: beside the figures, in none of them. */
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

function unbilledHours({ replicaMs }: Unbilled): Exact | undefined {
  return replicaMs === undefined ? undefined : exact(BigInt(replicaMs), BigInt(HOUR_MS));
}

/** What is held back saves what its own option's row says. */
function decidedOf(printed: PrintedDeployment, { decided }: DeploymentDecision): AuditDecided {
  const { heldBack, ...told } = decided;
  if (heldBack === undefined) return { ...told, heldBack: null };
  const saved = savingMicro(printed, heldBack.option);
  const savingUsd = microText(saved ?? micro(heldBack.savingUsd));
  return { ...told, heldBack: { ...heldBack, savingUsd } };
}

/** What was served, and how well the paid time was used. */
function useOf(
  { served, capacity, time, ...deployment }: DeploymentEconomics,
  sentences: Sentences,
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

/** Of the option that the verdict is about, as its own row says. */
function savingMicro({ options }: PrintedDeployment, subject: Choice | undefined) {
  const cost = (name: string) => options.find(({ option }) => option === name)?.cost?.whole;
  const [keep, other] = [cost('keep'), subject && cost(subject)];
  return keep === undefined || other === undefined ? undefined : keep - other;
}

const NS_IN_HOUR = 3_600_000_000_000n;

/**
 * Where all three parts are known they are printed so that they sum to the printed covered spend.
 */
function waterfallOf({ deployment, covered }: PrintedDeployment) {
  const { fullUsd, underfilledUsd, idleUsd } = deployment.waterfall;
  const known =
    fullUsd && underfilledUsd && idleUsd
      ? roundTogether([fullUsd, underfilledUsd, idleUsd], covered).map(microText)
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
