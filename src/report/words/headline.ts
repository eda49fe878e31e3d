/** Knows the answer in one line for the subject, and in one sentence for the top of the page. */

import { decimal } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import { dollars } from '../format.ts';
import { isWholeQuarter, perPeriod, withinPeriod } from './period.ts';
import { capital, everyModel, planPhrase } from './plan.ts';
import { known, plannedChanges, type Situation } from './reading.ts';

interface Answer {
  /**
   * What the subject says after the period: `delete 2 of 4 self-hosted models, save $41,200 a
   * quarter`.
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
  close: tooClose,
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

function tooClose(audit: Audit): Answer {
  const saving = known(audit.stack.savingUsd.base);
  const paid = `${spendOf(audit)} ${perPeriod(audit)}`;
  const keeping = dollars(decimal(audit.stack.keepUsd));
  const best =
    saving === undefined || saving.num <= 0n
      ? `no change of the ${paid} is clearly better`
      : `the best change would save ${dollars(saving)} of ${keeping} ${perPeriod(audit)}, ` +
        'which is too little or too unsure to act on';
  return { finding: `too close to call on ${paid}`, headline: `Too close to call: ${best}.` };
}

function changed(audit: Audit): Answer {
  const changes = plannedChanges(audit);
  const phrase = planPhrase(changes, audit.deployments.length) || audit.stack.verdict;
  const saving = known(audit.stack.savingUsd.base);
  if (saving === undefined) {
    return { finding: phrase, headline: `${capital(phrase)}; what that saves is not known.` };
  }
  const amount = `${dollars(saving)} ${perPeriod(audit)}`;
  const headline = isWholeQuarter(audit)
    ? `${capital(phrase)} and save ${amount}, people's time included.`
    : `${capital(phrase)}: that would have saved ${amount}, people's time included.`;
  return { finding: `${phrase}, save ${amount}`, headline };
}

function spendOf(audit: Audit): string {
  return dollars(decimal(audit.totals.spendUsd));
}
