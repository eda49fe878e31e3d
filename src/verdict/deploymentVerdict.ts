/** Knows the verdict on one deployment: what is cheapest, and whether that can be said. */

import { compare, type Exact } from '../domain/exact.ts';
import { AT_BASE, CHOICES, type Choice, optionCost, pricedOption } from '../economics/options.ts';
import type { DeploymentEconomics } from '../economics/result.ts';
import type { Verdict } from './audit.ts';
import type { DeploymentDecision } from './decision.ts';
import {
  costReasons,
  expiryReasons,
  keepReasons,
  requiredReasons,
  savingOf,
} from './deploymentReasons.ts';
import { smallness } from './materiality.ts';
import type { Policy } from './policy.ts';
import { doubtText, firstDoubt } from './steadiness.ts';

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
  let [best, least] = ['keep' as Choice, pricedOption(deployment, 'keep').usd];
  for (const choice of CHOICES) {
    const usd = optionCost(deployment, choice)?.usd;
    if (usd !== undefined && compare(usd, least) < 0) {
      [best, least] = [choice, usd];
    }
  }
  return best;
}

function doubtsOf(
  deployment: DeploymentEconomics,
  { best, savingUsd }: Pick<Judged, 'best' | 'savingUsd'>,
  policy: Policy,
): string[] {
  const doubt = firstDoubt((at) => savingOf(deployment, best, at));
  const small = smallness(savingUsd, pricedOption(deployment, 'keep').usd, policy);
  return [
    ...(doubt === undefined ? [] : [doubtText(doubt)]),
    ...(small === undefined ? [] : [small]),
  ];
}
