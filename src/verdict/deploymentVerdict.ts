/** Knows the verdict on one deployment: what is cheapest, and whether that can be said. */

import { type Exact, compare, negate, subtract, ZERO } from '../domain/exact.ts';
import { dayText } from '../domain/period.ts';
import {
  AT_BASE,
  type Assumptions,
  CHOICES,
  type Choice,
  type OptionCost,
  optionCost,
} from '../economics/options.ts';
import type { DeploymentEconomics } from '../economics/result.ts';
import type { Verdict } from './audit.ts';
import type { DeploymentDecision } from './decision.ts';
import { smallness } from './materiality.ts';
import type { Policy } from './policy.ts';
import { doubtText, firstDoubt } from './steadiness.ts';
import { doing, dollars } from './words.ts';

export interface Judged {
  readonly verdict: Verdict;
  readonly best: Choice;
  readonly savingUsd: Exact;
  readonly reasons: readonly string[];
}

/** True where the deployment stays whatever it costs. */
export function mustStay({ waiver }: DeploymentEconomics): boolean {
  return waiver !== undefined && !waiver.expired;
}

export function judgeDeployment(
  deployment: DeploymentEconomics,
  missing: readonly string[],
  policy: Policy,
): Judged {
  const best = cheapest(deployment);
  const savingUsd = savingOf(deployment, best, AT_BASE);
  const judged = { best, savingUsd };
  const expiry = expiryReasons(deployment);
  if (mustStay(deployment)) {
    return { ...judged, verdict: 'keep (required)', reasons: requiredReasons(deployment, judged) };
  }
  if (missing.length > 0) {
    return { ...judged, verdict: 'not enough evidence', reasons: [...missing, ...expiry] };
  }
  if (best === 'keep') {
    return { ...judged, verdict: 'keep', reasons: [...keepReasons(deployment), ...expiry] };
  }
  const doubts = doubtsOf(deployment, judged, policy);
  const verdict = doubts.length > 0 ? 'too close to call' : best;
  return { ...judged, verdict, reasons: [...doubts, ...costReasons(deployment, best), ...expiry] };
}

export function decisionOf(
  deployment: DeploymentEconomics,
  missing: readonly string[],
  judged: { readonly withLabor: Judged; readonly withoutLabor: Judged },
): DeploymentDecision {
  const { withLabor, withoutLabor } = judged;
  const isSame = withLabor.verdict === withoutLabor.verdict;
  return {
    id: deployment.id,
    verdict: withLabor.verdict,
    best: withLabor.best,
    savingUsd: withLabor.savingUsd,
    withoutLabor: withoutLabor.verdict,
    reasons: [
      ...withLabor.reasons,
      ...(isSame ? [] : [`Without labor the verdict is "${withoutLabor.verdict}".`]),
    ],
    missing,
  };
}

/** The cheapest option whose price is known; on ties the one that changes less. */
function cheapest(deployment: DeploymentEconomics): Choice {
  let [best, least] = ['keep' as Choice, optionCost(deployment, 'keep')?.usd];
  for (const choice of CHOICES) {
    const usd = optionCost(deployment, choice)?.usd;
    if (usd !== undefined && least !== undefined && compare(usd, least) < 0) {
      [best, least] = [choice, usd];
    }
  }
  return best;
}

function savingOf(deployment: DeploymentEconomics, choice: Choice, at: Assumptions): Exact {
  return subtract(
    optionCost(deployment, 'keep', at)?.usd ?? ZERO,
    optionCost(deployment, choice, at)?.usd ?? ZERO,
  );
}

function doubtsOf(
  deployment: DeploymentEconomics,
  { best, savingUsd }: Pick<Judged, 'best' | 'savingUsd'>,
  policy: Policy,
): string[] {
  const doubt = firstDoubt((at) => savingOf(deployment, best, at));
  const small = smallness(savingUsd, optionCost(deployment, 'keep')?.usd ?? ZERO, policy);
  return [
    ...(doubt === undefined ? [] : [doubtText(doubt)]),
    ...(small === undefined ? [] : [small]),
  ];
}

/** `Keeping costs $9.00, and deleting it … $2.63: a saving of $6.37.` */
function costReasons(deployment: DeploymentEconomics, choice: Choice): string[] {
  const [keep, other] = [optionCost(deployment, 'keep'), optionCost(deployment, choice)];
  if (keep === undefined || other === undefined) return [];
  const saving = subtract(keep.usd, other.usd);
  const host = deployment.hosted.chosen?.host ?? '';
  return [
    `Keeping costs ${spelled(keep)}; ${doing(choice)} costs ${spelled(other, host)}: a saving of ${dollars(saving)}.`,
  ];
}

function spelled(cost: OptionCost, host = ''): string {
  const parts = [
    cost.infraUsd.num === 0n ? '' : `${dollars(cost.infraUsd)} of rent`,
    cost.hostedUsd.num === 0n ? '' : `${dollars(cost.hostedUsd)} at ${host}`,
    cost.laborUsd.num === 0n ? '' : `${dollars(cost.laborUsd)} of labor`,
    cost.strandedUsd.num === 0n ? '' : `${dollars(cost.strandedUsd)} stranded`,
  ].filter((part) => part !== '');
  return parts.length > 1 ? `${dollars(cost.usd)} (${parts.join(' + ')})` : dollars(cost.usd);
}

function keepReasons(deployment: DeploymentEconomics): string[] {
  const others = CHOICES.filter((choice) => choice !== 'keep').flatMap((choice) => {
    const cost = optionCost(deployment, choice);
    return cost === undefined ? [] : [{ choice, usd: cost.usd }];
  });
  const nearest = others.toSorted((a, b) => compare(a.usd, b.usd))[0];
  const keep = optionCost(deployment, 'keep');
  if (nearest === undefined || keep === undefined) return [];
  const more = negate(savingOf(deployment, nearest.choice, AT_BASE));
  return [
    `Keeping costs ${spelled(keep)}; ${doing(nearest.choice)} would cost ${dollars(nearest.usd)}, ${dollars(more)} more.`,
  ];
}

function requiredReasons(
  { waiver }: DeploymentEconomics,
  { best, savingUsd }: Pick<Judged, 'best' | 'savingUsd'>,
): string[] {
  if (waiver === undefined) return [];
  const until = waiver.expiresMs === undefined ? '' : ` until ${dayText(waiver.expiresMs)}`;
  const stated = waiver.worthUsdPerQuarter;
  const worth =
    stated === undefined ? 'no worth is stated' : `${dollars(stated)} a quarter is stated`;
  return [
    `It must stay${until}: ${waiver.reason} (${waiver.owner}).`,
    best === 'keep'
      ? 'The reason costs nothing: no option that is known is cheaper.'
      : `The reason must be worth at least ${dollars(savingUsd)}, which ${doing(best)} would save; ${worth}.`,
  ];
}

function expiryReasons({ waiver }: DeploymentEconomics): string[] {
  if (waiver?.expired !== true) return [];
  const when = waiver.expiresMs === undefined ? '' : ` on ${dayText(waiver.expiresMs)}`;
  return [
    `The reason to stay (${waiver.reason}, ${waiver.owner}) expired${when} and no longer counts: renew it or drop it.`,
  ];
}
