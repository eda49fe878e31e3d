/** Prints steps with their sentences, and the changes that wait for the end of a contract. */

import { dayStartMs, dayText } from '../../domain/period.ts';
import type { AuditContractEnd, AuditStep } from '../auditDecision.ts';
import type { ContractEnd } from '../outlook/contractEnds.ts';
import type { StepAssignments } from '../steps/acting.ts';
import type { FoundStep } from '../steps/stepTerms.ts';
import { toMicroUsd, microUsdText } from './printed.ts';
import type { AuditSentences } from './sentences.ts';

export function printSteps(
  steps: readonly FoundStep[],
  sentences: Pick<AuditSentences, 'step'>,
): AuditStep[] {
  return steps.map(({ deployment, action, detail, ...step }) => {
    return { deployment, action, text: sentences.step(detail), detail, ...step };
  });
}

export function printContractEnds(
  ends: readonly ContractEnd[],
  { todayMs }: StepAssignments,
): AuditContractEnd[] {
  return ends.map(({ commitment, picks, savingUsd, todayUsd }) => {
    const { sourceId, id = null, endMs, untilMs, noticeByMs } = commitment;
    const until = endMs === undefined ? undefined : untilMs;
    const last = [noticeByMs, until].flatMap((ms) => (ms === undefined ? [] : [ms]));
    return {
      source: sourceId,
      id,
      until: lastDay(until),
      noticeBy: lastDay(noticeByMs),
      decideBy: lastDay(last.find((ms) => dayStartMs(ms - 1) >= todayMs)),
      deployments: picks.map(({ deployment }) => deployment),
      plan: picks.map(({ deployment, choice }) => ({ deployment, option: choice })),
      savingUsd: microUsdText(toMicroUsd(savingUsd)),
      todayUsd: microUsdText(toMicroUsd(todayUsd)),
    };
  });
}

/** The last day before an exclusive end. */
function lastDay(endMs: number | undefined): string | null {
  return endMs === undefined ? null : dayText(endMs - 1);
}
