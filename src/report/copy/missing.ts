/** What is missing for a verdict and how to get it, in sentences: one for each thing. */

import { decimal } from '../../domain/exact.ts';
import { parseInstant } from '../../domain/period.ts';
import { importText, spanText, unbilledTokensText } from '../../economics/usage/sideWarnings.ts';
import type { Missing, UnbilledTokens } from '../../verdict/reason.ts';
import type { Writing } from '../locale.ts';
import { countText, dayText, shareText, usdText } from './figures.ts';

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
  'tokens-not-billed': true,
  note: true,
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
      return (
        `No hosted price for ${fact.deployment}: ${fact.why ?? 'none is known'}. Check ` +
        '`hosted` in rentcheck.yaml, or import the prices that were in force.'
      );
    case 'tokens-not-billed':
      return tokensNotBilled(fact, writing);
    case 'note':
      return fact.text;
  }
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
  const { deployment = 'the stack', tokens, billedTokens, share, start, end } = fact;
  const told = unbilledTokensText({ tokens, share: decimal(share) }, billedTokens);
  const period = { startMs: parseInstant(start) ?? 0, endMs: parseInstant(end) ?? 0 };
  const months = fact.months.map(({ source, month }) => {
    return { sourceId: source, monthMs: Date.parse(`${month}-01T00:00:00Z`) };
  });
  return (
    `Nothing was billed for ${told} of ${deployment}, and at most ` +
    `${shareText(fact.mostShare, writing)} may be unbilled; the first such time is ` +
    `${spanText(period)}: ${importText(fact.sources, months)}.`
  );
}
