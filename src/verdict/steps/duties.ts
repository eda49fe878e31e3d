/** The steps without dollars: commitments to end, waivers to ask for, evidence to get. */

import { dollars } from '../../domain/digits.ts';
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
import { dayText, nextWindow } from '../../domain/period.ts';
import { pricedOption } from '../../economics/options.ts';
import type { Plan } from '../../economics/plan.ts';
import type { StackEconomics } from '../../economics/result.ts';
import { inPlan } from '../../economics/together.ts';
import type { Commitment } from '../../economics/stackParts.ts';
import type { AuditStep } from '../auditDecision.ts';
import type { StepTerms } from './stepTerms.ts';

const NOTHING = '0.000000';

/** Commitments of which the plan leaves something behind, the first to end first. */
export function renegotiateSteps(economics: StackEconomics, { plan }: StepTerms): AuditStep[] {
  return [...economics.commitments]
    .sort((a, b) => a.untilMs - b.untilMs)
    .flatMap((commitment): AuditStep[] => {
      const stranded = strandedOf(commitment, economics, plan);
      if (stranded.num <= 0n) return [];
      const by = dayText(commitment.untilMs - 1);
      const text = renegotiation(commitment, stranded, by);
      return [{ deployment: null, action: 'renegotiate', text, savingUsd: NOTHING, by }];
    });
}

/** What is stranded is a cost of the next window, which may end before the commitment does. */
function renegotiation(
  { sourceId, months, owedUsd }: Commitment,
  stranded: Exact,
  by: string,
): string {
  const all = sum(months.map(({ usd }) => usd));
  const isOver = compare(all, owedUsd) === 0;
  const [when, until] = isOver ? ['until then', 'in all'] : ['in the next window', 'until then'];
  return (
    `Renegotiate or let run out ${sourceId}'s commitment before ${by}: ${dollars(stranded)} of ` +
    `the plan's cost ${when} is owed for nothing, of ${dollars(all)} that are committed ${until}.`
  );
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
export function waiverSteps({ deployments, window }: StackEconomics): AuditStep[] {
  const lastMs = nextWindow(window).endMs;
  return deployments
    .flatMap(({ id, waiver }) => {
      if (waiver?.expiresMs === undefined || waiver.expiresMs > lastMs) return [];
      return [{ id, waiver, expiresMs: waiver.expiresMs }];
    })
    .toSorted((a, b) => a.expiresMs - b.expiresMs)
    .map(({ id, waiver, expiresMs }) => {
      const day = dayText(expiresMs);
      const ends = waiver.expired ? 'expired' : 'expires';
      const text =
        `Ask ${waiver.owner} whether ${id} must still stay (${waiver.reason}): its waiver ` +
        `${ends} on ${day}.`;
      const by = waiver.expired ? null : day;
      return { deployment: id, action: 'renew-waiver', text, savingUsd: NOTHING, by };
    });
}

/** What the stack lacks, then what its undecided deployments lack beside that; each thing once. */
export function evidenceSteps({ stack, deployments, sentences }: StepTerms): AuditStep[] {
  const undecided = deployments.filter(({ verdict }) => verdict === 'not enough evidence');
  // The stack lacks the very facts that its deployments lack.
  const missing = new Set([...stack.missing, ...undecided.flatMap((each) => each.missing)]);
  return [...missing].map((fact) => ({
    deployment: 'deployment' in fact ? (fact.deployment ?? null) : null,
    action: fact.code === 'unattributed' ? 'attribute' : 'get-evidence',
    text: sentences.missing(fact),
    savingUsd: NOTHING,
    by: null,
  }));
}
