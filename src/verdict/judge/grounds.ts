/** Collects the missing evidence for each deployment and for the stack. */

import { compare, type Exact } from '../../domain/exact.ts';
import type { StackEconomics } from '../../economics/result.ts';
import { sixPlaces } from '../../domain/figureText.ts';
import type { Policy } from '../policy.ts';
import type { Missing } from '../reason.ts';
import { mustStay } from './deploymentVerdict.ts';
import {
  type BillChecks,
  missingCoverage,
  missingForDeployment,
  missingForStack,
  shareWithoutEvidence,
} from './evidence.ts';
import { missingBills } from './sides.ts';

export interface Evidence {
  /** Evidence missing for the stack's verdict. Empty if nothing is missing. */
  readonly forStack: readonly Missing[];
  /** Evidence that each deployment itself lacks. */
  readonly own: ReadonlyMap<string, readonly Missing[]>;
  /** The same plus the evidence that the whole stack lacks. */
  readonly byId: ReadonlyMap<string, readonly Missing[]>;
  /** Deployments without enough evidence, except those that must stay. */
  readonly weak: ReadonlySet<string>;
}

export function collectEvidence(
  economics: StackEconomics,
  policy: Policy,
  books: BillChecks,
): Evidence {
  const common = missingForStack(economics, policy, books);
  const own = new Map(
    economics.deployments.map((each) => [
      each.id,
      missingForDeployment(each, policy, economics.missingMonths),
    ]),
  );
  const byId = new Map([...own].map(([id, missing]) => [id, [...missing, ...common]]));
  const weak = new Set(
    economics.deployments
      .filter((each) => !mustStay(each) && (byId.get(each.id) ?? []).length > 0)
      .map(({ id }) => id),
  );
  const share = shareWithoutEvidence(economics, weak);
  const isTooWeak = common.length > 0 || compare(share, policy.maxUnattributedShare) > 0;
  const held = isTooWeak ? economics.deployments.filter(({ id }) => weak.has(id)) : [];
  const lacking = held.flatMap(({ id }) => own.get(id) ?? []);
  const unbilled = lacking.filter(({ code }) => code === 'tokens-not-billed');
  const forStack = [
    ...(unbilled.length > 0 ? unbilled : missingBills(economics, policy)),
    ...common,
    ...missingCoverage(economics, policy),
    ...(isTooWeak && common.length === 0 ? [undecided(share, policy)] : []),
    ...lacking.filter((each) => !unbilled.includes(each)),
  ];
  return { forStack, own, byId, weak };
}

function undecided(share: Exact, { maxUnattributedShare: most }: Policy): Missing {
  const held = sixPlaces(share, 'ceiling');
  return { code: 'undecided-spend', share: held, mostShare: sixPlaces(most) };
}

/** Deployments that a plan keeps because they lack evidence. */
export function undecidedDeployments({ forStack, weak }: Evidence): string[] {
  return forStack.length > 0 ? [] : [...weak];
}
