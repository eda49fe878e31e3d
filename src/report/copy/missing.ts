/** Renders missing evidence, with how to get it, and time that only bill or usage covers. */

import { DAY_MS } from '../../domain/period.ts';
import type { UnbilledFigures, UnbilledMonth, ObservedFigures } from '../../economics/warning.ts';
import type { Missing, UnbilledTokens } from '../../verdict/reason.ts';
import type { LocaleFormat } from '../locale.ts';
import { gapText, unmatchedText } from './bills.ts';
import { counted, dollars, wholeText, dayName, listed, roundedText, shareText } from '../format.ts';
import { sentence } from '../displayText.ts';
import { lackClause } from './lacks.ts';

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

export function missingSentence(fact: Missing, writing: LocaleFormat): string {
  switch (fact.code) {
    case 'no-deployments':
    case 'no-bills':
    case 'unattributed':
    case 'stack-coverage':
    case 'undecided-spend':
    case 'missing-charges':
      return stackMissing(fact, writing);
    case 'no-bills-of':
      return (
        `Nothing was billed for ${fact.deployment} in this period. Check its \`resources\`, or ` +
        'pull the bills.'
      );
    case 'no-paid-time':
      return (
        `The bill for ${fact.deployment} lists no paid hours, so its usage coverage is unknown. ` +
        'Pull or import compute charges with their hours.'
      );
    case 'coverage':
      return coverage(fact, writing);
    case 'no-price': {
      const { deployment, why } = fact;
      const because = why === undefined ? '' : `, because ${lackClause(why, writing)}`;
      return (
        `No hosted price is known for ${deployment}${because}. Check \`hosted\` in ` +
        'rentcheck.yaml, or import the prices that were in force.'
      );
    }
    case 'replica-hours-apart':
      return (
        `${watchedText(fact, writing)} Check \`gpu.count\` and \`resources\` of ` +
        `${fact.deployment}. The two figures differ by more than a factor of two, so no verdict ` +
        'is possible.'
      );
    case 'tokens-not-billed':
      return tokensNotBilled(fact, writing);
    case 'bill-unreconciled':
    case 'invoice-without-rate':
    case 'charges-without-rate': {
      const { says, fix } = unmatchedText(fact, writing);
      return `${says} ${fix}`;
    }
  }
}

type StackMissing = Extract<
  Missing,
  {
    code:
      | 'no-deployments'
      | 'no-bills'
      | 'unattributed'
      | 'stack-coverage'
      | 'undecided-spend'
      | 'missing-charges';
  }
>;

function stackMissing(fact: StackMissing, writing: LocaleFormat): string {
  const limit = (text: string) => `above the limit of ${shareText(text, writing)}`;
  switch (fact.code) {
    case 'no-deployments':
      return 'No deployment is named. List what you serve under `deployments` in rentcheck.yaml.';
    case 'no-bills':
      return 'Nothing was billed in this period. Pull or import its bills.';
    case 'unattributed': {
      const share = shareText(fact.share, writing, 'ceiling');
      return (
        `Spend of ${dollars(fact.usd, writing)} (${share}) is not attributed to any deployment, ` +
        `${limit(fact.mostShare)}. Name its resources under \`resources\` of the deployments ` +
        'they serve.'
      );
    }
    case 'stack-coverage':
      return (
        `Usage covers ${shareText(fact.share, writing, 'floor')} of the paid replica time of the ` +
        `stack, below the required ${shareText(fact.neededShare, writing)}.`
      );
    case 'undecided-spend':
      return (
        'Deployments without enough evidence have ' +
        `${shareText(fact.share, writing, 'ceiling')} of the attributed spend, ` +
        `${limit(fact.mostShare)}.`
      );
    case 'missing-charges': {
      const { says, fix } = gapText(fact.gap, writing);
      const share = shareText(fact.share, writing, 'ceiling');
      return (
        `Charges of about ${dollars(fact.likelyUsd, writing)} (${share}) are missing, ` +
        `${limit(fact.mostShare)}. ${says} ${fix}`
      );
    }
  }
}

function coverage(
  { deployment, days, firstDay, ...fact }: Extract<Missing, { code: 'coverage' }>,
  writing: LocaleFormat,
): string {
  const gaps = counted(days, 'day', writing);
  const where =
    firstDay === undefined
      ? ''
      : ` It has gaps on ${gaps}, first on ${dayName(firstDay, writing)}.`;
  return (
    `Usage covers ${shareText(fact.share, writing, 'floor')} of the paid replica time of ` +
    `${deployment}, below the required ${shareText(fact.neededShare, writing)}.${where} Pull or ` +
    'import the missing usage.'
  );
}

function tokensNotBilled(fact: UnbilledTokens, writing: LocaleFormat): string {
  const { deployment = 'the stack' } = fact;
  return (
    `Nothing was billed for ${unbilledTokens(fact, writing)} of ${deployment}, above the limit ` +
    `of ${shareText(fact.mostShare, writing)}. ${firstUnbilled(fact, fact.months, writing)}`
  );
}

/** `2,000,000 of 3,000,000 tokens (66.7%)`. */
export function unbilledTokens(
  { tokens, billedTokens, share }: Omit<UnbilledFigures, 'start' | 'end' | 'sources'>,
  writing: LocaleFormat,
): string {
  const [some, all] = [tokens, tokens + billedTokens].map((each) => wholeText(each, writing));
  return `${some} of ${all} tokens (${shareText(share, writing, 'ceiling')})`;
}

/** The first period without a bill, and which charges to pull or import. */
export function firstUnbilled(
  { start, end, sources }: Pick<UnbilledFigures, 'start' | 'end' | 'sources'>,
  months: readonly UnbilledMonth[],
  writing: LocaleFormat,
): string {
  const first = `The first such period is ${stretch({ start, end }, writing)}.`;
  const own = months.filter(({ source }) => sources.includes(source));
  if (own.length > 0) return `${first} ${unbilledMonths(own)} Import or pull those charges.`;
  const from = sources.length === 0 ? '' : ` of ${listed(sources)}`;
  return `${first} Import or pull the charges${from} for that period.`;
}

/** `2026-08-01 to 2026-09-30`, or instants if the period is not whole days. */
function stretch(
  { start, end }: Pick<UnbilledFigures, 'start' | 'end'>,
  writing: LocaleFormat,
): string {
  const [startMs, endMs] = [Date.parse(start), Date.parse(end)];
  const isDays = startMs % DAY_MS === 0 && endMs % DAY_MS === 0;
  if (!isDays) return `${start} to ${end}`;
  const [first, last] = [writing.date(startMs), writing.date(endMs - 1)];
  return first === last ? first : `${first} to ${last}`;
}

/** `Source acme billed nothing for August 2026 and September 2026.` */
export function unbilledMonths(months: readonly UnbilledMonth[]): string {
  const bySource = Map.groupBy(months, ({ source }) => source);
  const each = [...bySource].map(([source, own]) => {
    const named = listed(own.map(({ month }) => monthName(month)));
    return `Source ${source} billed nothing for ${named}`;
  });
  return each.map(sentence).join(' ');
}

function monthName(month: string): string {
  const options = { month: 'long', year: 'numeric', timeZone: 'UTC' } as const;
  return new Date(`${month}-01T00:00:00Z`).toLocaleDateString('en-US', options);
}

/**
 * Both replica-hours, and the GPUs per replica that would reconcile them: 4 h observed and 1 h paid
 * at 8 GPUs per replica is a bill for 2.
 */
export function watchedText(
  { seenHours, paidHours, gpus, billedGpus }: ObservedFigures,
  writing: LocaleFormat,
): string {
  const [seen, paid] = [seenHours, paidHours].map((hours) => roundedText(hours, 1, writing));
  const both = `Usage shows ${seen} replica-hours, but the bill lists ${paid} for the same time.`;
  if (gpus === undefined || billedGpus === undefined) return both;
  return (
    `${both} The config sets \`gpu.count\` to ${roundedText(gpus, 3, writing)}, but the bill ` +
    `covers ${roundedText(billedGpus, 2, writing)} GPUs per replica.`
  );
}
