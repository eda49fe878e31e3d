/** The verdict on one deployment alone: what is cheapest, and whether it can be advised. */

import { dollars } from '../../domain/digits.ts';
import { type Exact, ZERO } from '../../domain/exact.ts';
import { CHOICES, type Choice } from '../../economics/offer.ts';
import { AT_BASE, optionCost, pricedOption } from '../../economics/options.ts';
import type { DeploymentEconomics } from '../../economics/result.ts';
import type { Verdict } from '../auditWord.ts';
import type { Odds } from '../odds/drawn.ts';
import type { Policy } from '../policy.ts';
import { objectionsTo, openVerdict } from './advice.ts';
import {
  costReasons,
  expiryReasons,
  keepReasons,
  requiredReasons,
  savingOf,
} from './deploymentReasons.ts';
import { type Objection, objectionText } from './objection.ts';
import { type Other, othersOf } from './others.ts';
import { reversalObjection, type Standing } from './standing.ts';
import { doubtText, firstDoubt } from './steadiness.ts';

export interface Judged {
  readonly verdict: Verdict;
  /** The advised option, else the cheapest other one; absent where no other has a price. */
  readonly subject?: Choice;
  /** Of the cheapest option; 0 where that is to keep. */
  readonly savingUsd: Exact;
  readonly leaning?: Verdict;
  readonly reasons: readonly string[];
}

export interface JudgeTerms {
  readonly missing: readonly string[];
  readonly policy: Policy;
  readonly standing: Standing;
  readonly odds: ReadonlyMap<string, Odds>;
}

/** True where the deployment stays whatever it costs. */
export function mustStay({ waiver }: DeploymentEconomics): boolean {
  return waiver !== undefined && !waiver.expired;
}

export function judgeDeployment(deployment: DeploymentEconomics, terms: JudgeTerms): Judged {
  const others = othersOf(deployment);
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
    return { ...judged, verdict: 'not enough evidence', reasons: [...terms.missing, ...expiry] };
  }
  const answer =
    nearest === undefined || nearest.savingUsd.num <= 0n
      ? judgeKeeping(deployment, terms)
      : judgeChange(deployment, others, terms);
  return { ...judged, ...answer, reasons: [...answer.reasons, ...expiry] };
}

type Answer = Pick<Judged, 'verdict' | 'reasons' | 'leaning' | 'subject'>;

function judgeKeeping(deployment: DeploymentEconomics, terms: JudgeTerms): Answer {
  const reasons = keepReasons(deployment);
  const reversal = reversalOf(deployment, 'keep', terms);
  return reversal === undefined ? { verdict: 'keep', reasons } : waiting('keep', reversal, reasons);
}

/** What turns the standing answer around for too little must hold for another quarter. */
function waiting(leaning: Verdict, reversal: Objection, reasons: readonly string[]): Answer {
  const verdict = openVerdict([reversal]);
  return { verdict, leaning, reasons: [objectionText(reversal), ...reasons] };
}

/** The largest saving that can be advised; where none can, the largest of all is told. */
function judgeChange(
  deployment: DeploymentEconomics,
  others: readonly Other[],
  terms: JudgeTerms,
): Answer {
  const keepUsd = pricedOption(deployment, 'keep').usd;
  const objections = ({ choice, savingUsd }: Other) =>
    objectionsTo({ savingUsd, keepUsd, odds: terms.odds.get(choice) }, terms.policy);
  const [nearest] = others;
  const sure = others.find((other) => other.savingUsd.num > 0n && objections(other).length === 0);
  const subject = (sure ?? nearest)?.choice ?? 'keep';
  const hangs = hangingReasons(deployment, subject);
  const costs = [
    ...costReasons(deployment, subject),
    ...freeReasons(deployment, subject),
    ...oneDayReasons(deployment),
  ];
  if (sure === undefined || nearest === undefined) {
    const open = nearest === undefined ? [] : objections(nearest);
    const reasons = [...hangs, ...open.map(objectionText), ...costs];
    return { verdict: openVerdict(open), subject, reasons };
  }
  const passed = sure === nearest ? [] : [passedOver(nearest)];
  const why = [...hangs, ...costs, ...passed];
  const reversal = reversalOf(deployment, subject, terms);
  if (reversal === undefined) return { verdict: subject, subject, reasons: why };
  return { ...waiting(subject, reversal, why), subject };
}

function passedOver({ choice, savingUsd }: Other): string {
  return `"${choice}" would save more, ${dollars(savingUsd)}, but not surely enough to be advised.`;
}

/** Only config can have let a free host in; what asks nothing today may ask or end tomorrow. */
function freeReasons({ hosted: { chosen }, served }: DeploymentEconomics, choice: Choice) {
  const isHosted = choice === 'delete' || choice === 'hybrid';
  if (!isHosted || served.tokens === 0 || chosen?.usd?.num !== 0n) return [];
  return [`${chosen.host} asks nothing: it counts only because the config allows free tiers.`];
}

/** One day strays from itself by nothing, however much days differ. */
function oneDayReasons({ days }: DeploymentEconomics): string[] {
  if (days.filter(({ paidNs }) => paidNs > 0n).length !== 1) return [];
  return ['It was paid for on one day alone: how days differ is unknown, and in no odds.'];
}

function hangingReasons(deployment: DeploymentEconomics, choice: Choice): string[] {
  const doubt = firstDoubt((world) => savingOf(deployment, choice, world));
  return doubt === undefined ? [] : [doubtText(doubt)];
}

function reversalOf(deployment: DeploymentEconomics, to: Choice, terms: JudgeTerms) {
  const { verdict } = terms.standing;
  const stood = CHOICES.find((choice) => choice === verdict);
  const standingUsd = stood && optionCost(deployment, stood, AT_BASE)?.usd;
  const { usd } = pricedOption(deployment, to);
  const { reversalSavingShare } = terms.policy;
  return reversalObjection({ to, standingUsd, usd }, terms.standing, reversalSavingShare);
}
