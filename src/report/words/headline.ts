/** Knows the answer in one line for the subject, and in one sentence for the top of the page. */

import { decimal } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import { dollars } from '../format.ts';
import { intervalText, oddsText, sureAside } from './odds.ts';
import { isWholeQuarter, perPeriod, withinPeriod } from './period.ts';
import { capital, everyModel, planPhrase } from './plan.ts';
import { known, plannedChanges, type Situation } from './reading.ts';

export interface Answer {
  /**
   * What the subject says after the period: `delete 2 of 4 self-hosted models, save $41,200 a
   * quarter (96% sure)`.
   */
  readonly finding: string;
  readonly headline: string;
}

export function answerOf(audit: Audit, situation: Situation): Answer {
  return ANSWERS[situation](audit);
}

const ANSWERS: Readonly<Record<Situation, (audit: Audit) => Answer>> = {
  nothing: () => ({
    finding: 'nothing self-hosted to audit',
    headline:
      'No deployment is configured and nothing was paid for one: there is no rent to judge.',
  }),
  empty: () => ({
    finding: 'no bills and no usage in the ledger',
    headline:
      'The ledger holds neither a bill nor usage for this period: there is nothing to judge yet.',
  }),
  'no evidence': (audit) => ({
    finding: `not enough evidence for a verdict on ${spendOf(audit)}`,
    headline:
      'There is not enough evidence yet for a verdict on the ' +
      `${spendOf(audit)} of rent paid ${withinPeriod(audit)}.`,
  }),
  'too small': (audit) => unchanged(audit, 'too small to act on'),
  'not certain': (audit) => unchanged(audit, 'not certain enough'),
  close: (audit) => unchanged(audit, 'too close to call'),
  keep: (audit) => {
    const models = everyModel(audit.deployments.map(({ id }) => id));
    const rent = `${spendOf(audit)} ${perPeriod(audit)}`;
    return {
      finding: `keep ${models} at ${rent}`,
      headline: `Keep ${models}: at ${rent}, no change is worth making.`,
    };
  },
  change: changed,
};

/** `why` is the verdict. */
function unchanged(audit: Audit, why: string): Answer {
  const paid = `${spendOf(audit)} ${perPeriod(audit)}`;
  return {
    finding: `change nothing on ${paid}: ${why}`,
    headline: `Change nothing: ${bestChange(audit, { paid, why })}.`,
  };
}

function bestChange(audit: Audit, { paid, why }: { paid: string; why: string }): string {
  const { savingUsd, keepUsd, leaning } = audit.stack;
  const [saving, keep] = [known(savingUsd.base), known(keepUsd)];
  if (saving === undefined || keep === undefined || saving.num <= 0n) {
    return `no change of the ${paid} is clearly better`;
  }
  const period = perPeriod(audit);
  const best = `the best change would save ${dollars(saving)} of ${dollars(keep)}`;
  const doubt =
    leaning === null
      ? `which is ${why}`
      : 'but it would turn the last answer around, so it must hold for another quarter first';
  return `${best} ${period}${chanceText(audit)}, ${doubt}`;
}

/** ` (odds of 62% that it saves anything, 90% interval -$2,000 to $3,500)`. */
function chanceText({ stack }: Audit): string {
  const odds = known(stack.probability);
  const parts = [
    odds === undefined ? '' : `odds of ${oddsText(odds)} that it saves anything`,
    intervalText(stack.savingUsd),
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function changed(audit: Audit): Answer {
  const changes = plannedChanges(audit);
  const phrase = planPhrase(changes, audit.deployments.length) || audit.stack.verdict;
  const saving = known(audit.stack.savingUsd.base);
  if (saving === undefined) {
    return { finding: phrase, headline: `${capital(phrase)}; what that saves is not known.` };
  }
  const amount = `${dollars(saving)} ${perPeriod(audit)}${sureAside(audit.stack.probability)}`;
  const headline = isWholeQuarter(audit)
    ? `${capital(phrase)} and save ${amount}, people's time included.`
    : `${capital(phrase)}: that would have saved ${amount}, people's time included.`;
  return { finding: `${phrase}, save ${amount}`, headline };
}

function spendOf(audit: Audit): string {
  return dollars(decimal(audit.totals.spendUsd));
}
