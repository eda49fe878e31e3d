/** Judges one deployment alone: which option is cheapest, and whether it can be advised. */

import { type Exact, ZERO } from '../../domain/exact.ts';
import { CHOICES, type Choice } from '../../economics/offer.ts';
import { BASE_ASSUMPTIONS, optionCost, pricedOption } from '../../economics/options.ts';
import type { DeploymentEconomics } from '../../economics/result.ts';
import type { Verdict } from '../auditWord.ts';
import type { SimulatedSaving } from '../simulation/types.ts';
import { usdText } from '../../domain/money.ts';
import type { Policy } from '../policy.ts';
import type { Missing, Objection, Reason } from '../reason.ts';
import { findObjections, firstDoubt, openVerdict } from './advice.ts';
import {
  costReasons,
  expiryReasons,
  keepReasons,
  requiredReasons,
  optionSaving,
} from './deploymentReasons.ts';
import { type Alternative, findAlternatives } from './alternatives.ts';
import { reversalObjection, type PreviousVerdict } from './previousVerdict.ts';

export interface OwnVerdict {
  readonly verdict: Verdict;
  /** The advised option, or else the cheapest alternative. Absent if no alternative has a price. */
  readonly subject?: Choice;
  /** Saving of the cheapest option: 0 if that is keeping. */
  readonly savingUsd: Exact;
  readonly leaning?: Verdict;
  readonly reasons: readonly Reason[];
}

export interface JudgeTerms {
  readonly missing: readonly Missing[];
  readonly policy: Policy;
  readonly standing: PreviousVerdict;
  readonly odds: ReadonlyMap<string, SimulatedSaving>;
}

/** True if the deployment has a valid waiver, so it stays whatever it costs. */
export function mustStay({ waiver }: DeploymentEconomics): boolean {
  return waiver !== undefined && !waiver.expired;
}

export function judgeDeployment(deployment: DeploymentEconomics, terms: JudgeTerms): OwnVerdict {
  const others = findAlternatives(deployment);
  const [nearest] = others;
  const judged = {
    ...(nearest === undefined ? {} : { subject: nearest.choice }),
    savingUsd: nearest === undefined || nearest.savingUsd.num < 0n ? ZERO : nearest.savingUsd,
  };
  const expiry = expiryReasons(deployment);
  if (mustStay(deployment)) {
    const best = nearest !== undefined && nearest.savingUsd.num > 0n ? nearest.choice : 'keep';
    const reasons = requiredReasons(deployment, { best, savingUsd: judged.savingUsd });
    return { ...judged, verdict: 'keep (required)', reasons };
  }
  if (terms.missing.length > 0) {
    return {
      ...judged,
      verdict: 'not enough evidence',
      reasons: [...terms.missing, ...expiry],
    };
  }
  const answer =
    nearest === undefined || nearest.savingUsd.num <= 0n
      ? judgeKeeping(deployment, terms)
      : judgeChange(deployment, others, terms);
  return { ...judged, ...answer, reasons: [...answer.reasons, ...expiry] };
}

type Answer = Pick<OwnVerdict, 'verdict' | 'reasons' | 'leaning' | 'subject'>;

function judgeKeeping(deployment: DeploymentEconomics, terms: JudgeTerms): Answer {
  const reasons = keepReasons(deployment);
  const reversal = reversalOf(deployment, 'keep', terms);
  if (reversal === undefined) return { verdict: 'keep', reasons };
  return waiting('keep', forDeployment(deployment, reversal), reasons);
}

/** The open verdict of a reversal that saves too little and must hold for another quarter. */
function waiting(leaning: Verdict, reversal: Objection, reasons: readonly Reason[]): Answer {
  return { verdict: openVerdict([reversal]), leaning, reasons: [reversal, ...reasons] };
}

function forDeployment({ id }: DeploymentEconomics, objection: Objection): Objection {
  return { ...objection, deployment: id };
}

/**
 * Advises the largest saving without objections. If there is none, the largest saving gets an open
 * verdict.
 */
function judgeChange(
  deployment: DeploymentEconomics,
  others: readonly Alternative[],
  terms: JudgeTerms,
): Answer {
  const keepUsd = pricedOption(deployment, 'keep').usd;
  const objections = ({ choice, savingUsd }: Alternative) =>
    findObjections({ savingUsd, keepUsd, odds: terms.odds.get(choice) }, terms.policy);
  const [nearest] = others;
  const advisable = others.find(
    (other) => other.savingUsd.num > 0n && objections(other).length === 0,
  );
  const subject = (advisable ?? nearest)?.choice ?? 'keep';
  const hangs = hangingReasons(deployment, subject);
  const costs = [
    ...costReasons(deployment, subject),
    ...freeReasons(deployment, subject),
    ...oneDayReasons(deployment),
  ];
  if (advisable === undefined || nearest === undefined) {
    const open = nearest === undefined ? [] : objections(nearest);
    const reasons = [...hangs, ...open.map((each) => forDeployment(deployment, each)), ...costs];
    return { verdict: openVerdict(open), subject, reasons };
  }
  const passed = advisable === nearest ? [] : [passedOver(deployment, nearest)];
  const why = [...hangs, ...costs, ...passed];
  const reversal = reversalOf(deployment, subject, terms);
  if (reversal === undefined) return { verdict: subject, subject, reasons: why };
  return { ...waiting(subject, forDeployment(deployment, reversal), why), subject };
}

function passedOver({ id }: DeploymentEconomics, { choice, savingUsd }: Alternative): Reason {
  const figures = { option: choice, savingUsd: usdText(savingUsd) };
  return { code: 'passed-over', deployment: id, ...figures };
}

/**
 * Warns that the price is $0. Only the config can admit a free provider, whose price may rise or
 * which may end.
 */
function freeReasons(
  { id, hosted: { chosen }, served }: DeploymentEconomics,
  choice: Choice,
): Reason[] {
  const isHosted = choice === 'delete' || choice === 'hybrid';
  if (!isHosted || served.tokens === 0 || chosen?.usd?.num !== 0n) return [];
  return [{ code: 'free-host', deployment: id, host: chosen.host }];
}

/** A single paid day shows no variation, however much days differ. */
function oneDayReasons({ id, days }: DeploymentEconomics): Reason[] {
  if (days.filter(({ paidNs }) => paidNs > 0n).length !== 1) return [];
  return [{ code: 'one-day', deployment: id }];
}

function hangingReasons(deployment: DeploymentEconomics, choice: Choice): Reason[] {
  const doubt = firstDoubt((world) => optionSaving(deployment, choice, world));
  return doubt === undefined ? [] : [{ ...doubt, deployment: deployment.id }];
}

function reversalOf(deployment: DeploymentEconomics, to: Choice, terms: JudgeTerms) {
  const { verdict } = terms.standing;
  const previousChoice = CHOICES.find((choice) => choice === verdict);
  const standingUsd =
    previousChoice && optionCost(deployment, previousChoice, BASE_ASSUMPTIONS)?.usd;
  const { usd } = pricedOption(deployment, to);
  const { reversalSavingShare } = terms.policy;
  return reversalObjection({ to, standingUsd, usd }, terms.standing, reversalSavingShare);
}
