/** What is missing for a verdict and how to get it, in sentences: one for each thing. */

import type { Missing, UnbilledTokens } from '../../verdict/reason.ts';
import type { Writing } from '../locale.ts';
import { gapText, unmatchedText } from './books.ts';
import { countText, dayText, shareText, usdText } from './figures.ts';
import { lackSentence } from './lacks.ts';
import { importText, stretch, unbilledTokens, watchedText } from './sides.ts';

const CODES: Readonly<Record<Missing['code'], true>> = {
  'no-deployments': true,
  'no-bills': true,
  unattributed: true,
  'stack-coverage': true,
  'undecided-spend': true,
  'no-bills-of': true,
  'no-paid-time': true,
  coverage: true,
  'no-price': true,
  'replica-hours-apart': true,
  'tokens-not-billed': true,
  'missing-charges': true,
  'bill-unreconciled': true,
  'invoice-without-rate': true,
  'charges-without-rate': true,
};

export function isMissing(fact: { readonly code: string }): fact is Missing {
  return Object.hasOwn(CODES, fact.code);
}

export function missingSentence(fact: Missing, writing: Writing): string {
  const share = (text: string) => shareText(text, writing);
  switch (fact.code) {
    case 'no-deployments':
      return 'No deployment is named: add what is served to `deployments` in rentcheck.yaml.';
    case 'no-bills':
      return 'Nothing was billed in this time: pull or import the bills of it.';
    case 'unattributed':
      return (
        `${shareText(fact.share, writing, 'ceiling')} of the spend ` +
        `(${usdText(fact.usd, writing)}) belongs to no deployment, and at most ` +
        `${share(fact.mostShare)} may: name its resources under \`resources\` of the ` +
        'deployments they serve.'
      );
    case 'stack-coverage':
      return (
        `Usage covers ${shareText(fact.share, writing, 'floor')} of the stack's paid replica ` +
        `time, and ${share(fact.neededShare)} is needed.`
      );
    case 'undecided-spend':
      return (
        'Deployments without enough evidence hold ' +
        `${shareText(fact.share, writing, 'ceiling')} of the attributed spend, and at most ` +
        `${share(fact.mostShare)} may be undecided.`
      );
    case 'no-bills-of':
      return (
        `Nothing was billed for ${fact.deployment} in this time: check its \`resources\`, or ` +
        'pull the bills.'
      );
    case 'no-paid-time':
      return (
        `What was paid for ${fact.deployment} buys no time by its bill, so how much of it is ` +
        'covered by usage is unknown: pull or import compute charges with their hours.'
      );
    case 'coverage':
      return coverage(fact, writing);
    case 'no-price':
      return noPrice(fact, writing);
    case 'replica-hours-apart':
      return (
        `${watchedText(fact, writing)} of ${fact.deployment}: more than twice apart, they allow ` +
        'no verdict.'
      );
    case 'tokens-not-billed':
      return tokensNotBilled(fact, writing);
    case 'missing-charges':
      return missingCharges(fact, writing);
    case 'bill-unreconciled':
    case 'invoice-without-rate':
    case 'charges-without-rate': {
      const { says, mend } = unmatchedText(fact, writing);
      return `${says}: ${mend}.`;
    }
  }
}

function missingCharges(
  { likelyUsd, share, mostShare, gap }: Extract<Missing, { code: 'missing-charges' }>,
  writing: Writing,
): string {
  const { says, mend } = gapText(gap, writing);
  return (
    `About ${usdText(likelyUsd, writing)} of charges are missing ` +
    `(${shareText(share, writing, 'ceiling')}), and at most ${shareText(mostShare, writing)} may ` +
    `be: ${says}. To do: ${mend}.`
  );
}

function noPrice(
  { deployment, why }: Extract<Missing, { code: 'no-price' }>,
  writing: Writing,
): string {
  const told = why === undefined ? 'none is known' : lackSentence(why, writing);
  return (
    `No hosted price for ${deployment}: ${told}. Check \`hosted\` in rentcheck.yaml, or import ` +
    'the prices that were in force.'
  );
}

function coverage(
  { deployment, days, firstDay, ...fact }: Extract<Missing, { code: 'coverage' }>,
  writing: Writing,
): string {
  const gaps = countText(days, 'day', writing);
  const where =
    firstDay === undefined ? '' : `; ${gaps} with gaps, the first is ${dayText(firstDay, writing)}`;
  return (
    `Usage of ${deployment} covers ${shareText(fact.share, writing, 'floor')} of the paid ` +
    `replica time, and ${shareText(fact.neededShare, writing)} is needed: pull or import the ` +
    `usage that is missing${where}.`
  );
}

function tokensNotBilled(fact: UnbilledTokens, writing: Writing): string {
  const { deployment = 'the stack' } = fact;
  return (
    `Nothing was billed for ${unbilledTokens(fact, writing)} of ${deployment}, and at most ` +
    `${shareText(fact.mostShare, writing)} may be unbilled; the first such time is ` +
    `${stretch(fact, writing)}: ${importText(fact.sources, fact.months)}.`
  );
}
