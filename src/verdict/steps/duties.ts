/** The steps without dollars: commitments to end, waivers to ask for, evidence to get. */

import {
  add,
  compare,
  divide,
  type Exact,
  isZero,
  multiply,
  sum,
  ZERO,
} from '../../domain/exact.ts';
import { usdText } from '../../domain/money.ts';
import { dayText, nextWindow } from '../../domain/period.ts';
import { pricedOption } from '../../economics/options.ts';
import type { Plan } from '../../economics/plan.ts';
import type { StackEconomics } from '../../economics/result.ts';
import { inPlan } from '../../economics/together.ts';
import type { Commitment } from '../../economics/stackParts.ts';
import type { DutyDetail } from './step.ts';
import type { FoundStep, StepTerms } from './stepTerms.ts';

const NOTHING = '0.000000';

/** Commitments of which the plan leaves something behind, the first to end first. */
export function renegotiateSteps(economics: StackEconomics, { plan }: StepTerms): FoundStep[] {
  return [...economics.commitments]
    .sort((a, b) => a.untilMs - b.untilMs)
    .flatMap((commitment): FoundStep[] => {
      const stranded = strandedOf(commitment, economics, plan);
      if (stranded.num <= 0n) return [];
      const by = dayText(commitment.untilMs - 1);
      const detail = renegotiation(commitment, stranded, by);
      return [{ deployment: null, action: 'renegotiate', detail, savingUsd: NOTHING, by }];
    });
}

/** What is stranded is a cost of the next window, which may end before the commitment does. */
function renegotiation(
  { sourceId, months, owedUsd }: Commitment,
  stranded: Exact,
  until: string,
): DutyDetail {
  const all = sum(months.map(({ usd }) => usd));
  return {
    code: 'renegotiate',
    source: sourceId,
    until,
    strandedUsd: usdText(stranded),
    committedUsd: usdText(all),
    endsInNextWindow: compare(all, owedUsd) === 0,
  };
}

/** What each change strands, by its shares of the commitments that it leaves. */
function strandedOf({ shares }: Commitment, economics: StackEconomics, { picks }: Plan): Exact {
  const { deployments } = inPlan(economics, picks);
  let stranded = ZERO;
  for (const { deployment, choice } of picks) {
    const found = deployments.find(({ id }) => id === deployment);
    const share = shares.get(deployment);
    if (found === undefined || share === undefined || isZero(found.committedUsd)) continue;
    const part = divide(share, found.committedUsd);
    stranded = add(stranded, multiply(pricedOption(found, choice).strandedUsd, part));
  }
  return stranded;
}

/** Waivers that have run out, or will within the next window. */
export function waiverSteps({ deployments, window }: StackEconomics): FoundStep[] {
  const lastMs = nextWindow(window).endMs;
  return deployments
    .flatMap(({ id, waiver }) => {
      if (waiver?.expiresMs === undefined || waiver.expiresMs > lastMs) return [];
      return [{ id, waiver, expiresMs: waiver.expiresMs }];
    })
    .toSorted((a, b) => a.expiresMs - b.expiresMs)
    .map(({ id, waiver, expiresMs }) => {
      const expires = dayText(expiresMs);
      const { owner, reason, expired } = waiver;
      const told = { deployment: id, owner, reason, expires, expired };
      return {
        deployment: id,
        action: 'renew-waiver',
        detail: { code: 'renew-waiver', ...told },
        savingUsd: NOTHING,
        by: expired ? null : expires,
      };
    });
}

/** What the stack lacks, then what its undecided deployments lack beside that; each thing once. */
export function evidenceSteps({ stack, deployments }: StepTerms): FoundStep[] {
  const undecided = deployments.filter(({ verdict }) => verdict === 'not enough evidence');
  // The stack lacks the very facts that its deployments lack.
  const missing = new Set([...stack.missing, ...undecided.flatMap((each) => each.missing)]);
  return [...missing].map((fact) => {
    const action = fact.code === 'unattributed' ? 'attribute' : 'get-evidence';
    return {
      deployment: 'deployment' in fact ? (fact.deployment ?? null) : null,
      action,
      detail: { code: action, missing: fact },
      savingUsd: NOTHING,
      by: null,
    };
  });
}
