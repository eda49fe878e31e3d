/**
 * Builds steps without a saving of their own: commitments, contracts, waivers, missing evidence.
 */

import { compare, decimal, type Exact, subtract, sum } from '../../domain/exact.ts';
import { usdText } from '../../domain/money.ts';
import { DAY_MS, dayStartMs, dayText, followingPeriod } from '../../domain/period.ts';
import { unusedByPlan } from '../../economics/scenarios.ts';
import { bestPlan } from '../../economics/plan.ts';
import type { DeploymentEconomics, StackEconomics } from '../../economics/result.ts';
import type { StackCommitment } from '../../economics/stackParts.ts';
import { openChanges } from '../judge/stackPlan.ts';
import { findAlternatives } from '../judge/alternatives.ts';
import type { UsdText } from '../../domain/figures.ts';
import type { Missing } from '../reason.ts';
import type { FoundStep, StepAssignments, StepTerms } from './stepTerms.ts';
import type { ActionDetail } from './step.ts';

export const ZERO_USD: UsdText = '0.000000';

/** Steps to renegotiate commitments that the plan leaves partly unused. */
export function renegotiateSteps(economics: StackEconomics, terms: StepTerms): FoundStep[] {
  const { acting, plan } = terms;
  return [...economics.commitments]
    .sort((a, b) => a.untilMs - b.untilMs)
    .flatMap((commitment): FoundStep[] => {
      const unused = unusedByPlan(commitment, economics, plan.picks);
      if (unused.num <= 0n) return [];
      const detail = renegotiation(commitment, unused, dayText(commitment.untilMs - 1));
      const owner = acting.commitmentOwners.get(commitment.at) ?? acting.owner ?? null;
      const stakeUsd = usdText(unused);
      const step = { deployment: null, action: 'renegotiate' as const, detail, owner };
      return [{ ...step, savingUsd: ZERO_USD, stakeUsd, ...noticeDays(commitment, acting) }];
    });
}

/**
 * Steps to decide on contracts that hold a change back, while there is something to decide. A
 * contract that the plan leaves partly unused is renegotiated instead.
 */
export function contractSteps(economics: StackEconomics, terms: StepTerms): FoundStep[] {
  const { acting, plan, contractEnds } = terms;
  return contractEnds
    .filter(({ commitment }) => {
      const { endMs, untilMs } = commitment;
      const isOver = endMs !== undefined && untilMs <= acting.todayMs;
      return !isOver && unusedByPlan(commitment, economics, plan.picks).num <= 0n;
    })
    .map(({ commitment, picks, savingUsd }) => {
      const { at, endMs, sourceId, untilMs } = commitment;
      const stakeUsd = usdText(savingUsd);
      const until = endMs === undefined ? null : dayText(untilMs - 1);
      const changed = picks.map(({ deployment, choice }) => ({ deployment, option: choice }));
      const what = { source: sourceId, until, plan: changed, savingUsd: stakeUsd };
      return {
        deployment: null,
        action: 'decide-contract',
        detail: { code: 'decide-contract', ...what },
        owner: acting.commitmentOwners.get(at) ?? acting.owner ?? null,
        savingUsd: ZERO_USD,
        stakeUsd,
        ...noticeDays(commitment, acting),
      };
    });
}

/**
 * Due day of a contract step: the last day of notice, or else of the term. After the notice day,
 * and for a rolling contract, the step is due like any other while the contract runs. Acting sooner
 * reduces what is paid.
 */
function noticeDays({ noticeByMs, endMs }: StackCommitment, { todayMs, actByMs }: StepAssignments) {
  const days = [noticeByMs, endMs].flatMap((ms) => (ms === undefined ? [] : [dayStartMs(ms - 1)]));
  const [first] = days;
  if (first !== undefined && first >= todayMs) return { by: dayText(first), missed: null };
  const left = days.filter((dayMs) => dayMs >= todayMs);
  const by = dayText(Math.min(actByMs, ...left));
  return { by, missed: first === undefined ? null : dayText(first) };
}

/**
 * Detail of a renegotiation. The unused amount is that of the next window, which may end before the
 * commitment.
 */
function renegotiation(
  { sourceId, months, owedUsd }: StackCommitment,
  unused: Exact,
  until: string,
): ActionDetail {
  const all = sum(months.map(({ usd }) => usd));
  return {
    code: 'renegotiate',
    source: sourceId,
    until,
    strandedUsd: usdText(unused),
    committedUsd: usdText(all),
    endsInNextWindow: compare(all, owedUsd) === 0,
  };
}

/** Steps to renew waivers that have expired or will within the next window, earliest first. */
export function waiverSteps(economics: StackEconomics, terms: StepTerms): FoundStep[] {
  const lastMs = followingPeriod(economics.window).endMs;
  return economics.deployments
    .flatMap((deployment) => {
      const { waiver } = deployment;
      if (waiver?.expiresMs === undefined || waiver.expiresMs > lastMs) return [];
      return [{ deployment, waiver, expiresMs: waiver.expiresMs }];
    })
    .toSorted((a, b) => a.expiresMs - b.expiresMs)
    .map(({ deployment, waiver, expiresMs }) => {
      const { owner, reason, expired } = waiver;
      const waiverTerms = { owner, reason, expires: dayText(expiresMs), expired };
      return {
        deployment: deployment.id,
        action: 'renew-waiver',
        detail: { code: 'renew-waiver', deployment: deployment.id, ...waiverTerms },
        owner,
        savingUsd: ZERO_USD,
        stakeUsd: keepingUsd(economics, deployment, terms),
        ...renewalDays(expiresMs, terms.acting),
      };
    });
}

/** Due day of a renewal: the last valid day of the waiver. */
function renewalDays(expiresMs: number, { todayMs, actByMs }: StepAssignments) {
  const lastDayMs = dayStartMs(expiresMs) - DAY_MS;
  if (lastDayMs >= todayMs) return { by: dayText(lastDayMs), missed: null };
  return { by: dayText(actByMs), missed: dayText(lastDayMs) };
}

/**
 * Extra cost of the best plan if this deployment must stay. Null if unknown. $10,000 to keep and
 * $4,000 hosted, without fixed costs, are $6,000.
 */
function keepingUsd(
  economics: StackEconomics,
  deployment: DeploymentEconomics,
  { deployments, stack: { fixed } }: StepTerms,
): UsdText | null {
  const { id } = deployment;
  const verdict = deployments.find((each) => each.id === id)?.verdict;
  if (verdict === 'not enough evidence' || findAlternatives(deployment).length === 0) return null;
  const others = [...fixed].filter((each) => each !== id);
  const kept = bestPlan(economics, { kept: new Set([...others, id]), changes: openChanges });
  const free = bestPlan(economics, { kept: new Set(others), changes: openChanges });
  return usdText(subtract(kept.usd, free.usd));
}

/**
 * Steps to get missing evidence: first the stack's, then that of deployments without enough
 * evidence. Each item appears once.
 */
export function evidenceSteps(terms: StepTerms): FoundStep[] {
  const { stack, deployments, acting } = terms;
  const undecided = deployments.filter(({ verdict }) => verdict === 'not enough evidence');
  // The stack's list holds the same objects as the deployments' lists, so a Set removes duplicates.
  const missing = new Set([...stack.missing, ...undecided.flatMap((each) => each.missing)]);
  const undecidedIds = undecided.map(({ id }) => id);
  return [...missing].map((fact) => {
    const action = fact.code === 'unattributed' ? 'attribute' : 'get-evidence';
    const deployment = 'deployment' in fact ? (fact.deployment ?? null) : null;
    const own = deployment === null ? undefined : acting.owners.get(deployment);
    return {
      deployment,
      action,
      detail: { code: action, missing: fact },
      owner: own ?? acting.owner ?? null,
      savingUsd: ZERO_USD,
      stakeUsd: undecidedUsd(fact, deployment === null ? undecidedIds : [deployment], terms),
      by: dayText(acting.actByMs),
      missed: null,
    };
  });
}

/** Spend that has no verdict without this evidence. Null if there is none. */
function undecidedUsd(
  fact: Missing,
  ids: readonly string[],
  { printed }: StepTerms,
): UsdText | null {
  if (fact.code === 'unattributed') return fact.usd;
  const spends = printed.filter(({ id }) => ids.includes(id)).map(({ spendUsd }) => spendUsd);
  const all = sum(spends.map(decimal));
  return all.num > 0n ? usdText(all) : null;
}
