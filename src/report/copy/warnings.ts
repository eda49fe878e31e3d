/** What a reader must know of figures that rest on less than was wished for, in sentences. */

import type { Warning } from '../../economics/warning.ts';
import type { Writing } from '../locale.ts';
import { hostWarning } from './hostWarnings.ts';
import { unbilledMonths, unbilledTokens, stretch, importText, watchedText } from './sides.ts';
import { stackWarning } from './stackWarnings.ts';
import { countText, wholeText } from './figures.ts';

export type WarningOf<Code extends Warning['code']> = Extract<Warning, { readonly code: Code }>;

export function warningSentence(warning: Warning, writing: Writing): string {
  switch (warning.code) {
    case 'usage-doubted':
      return usageDoubted(warning, writing);
    case 'paid-time-estimated':
      return paidTimeEstimated(warning);
    case 'utilization-above-one':
    case 'busy-fraction-above-one':
    case 'utilization-above-busy-fraction':
    case 'capacity-understated':
    case 'capacity-not-believed':
    case 'serverless-lower-bound':
    case 'ops-hours-not-logged':
      return ALWAYS[warning.code];
    case 'tokens-without-paid-time':
      return tokensUnpaid(warning, writing);
    case 'intervals-longer-than-an-hour':
      return intervalsLong(warning, writing);
    case 'busy-time-unknown':
      return busyUnknown(warning, writing);
    case 'usage-not-billed':
      return usageNotBilled(warning, writing);
    case 'replica-hours-disagree':
      return `${watchedText(warning, writing)}.`;
    case 'months-not-billed':
      return monthsNotBilled(warning);
    case 'host-retired':
    case 'cache-hits-unknown':
    case 'host-not-checked':
    case 'host-prices-second-hand':
    case 'host-price-changed-unseen':
    case 'prompt-sizes-unknown':
    case 'intervals-longer-than-price-hours':
    case 'prices-not-looked-at':
    case 'features-not-stated':
      return hostWarning(warning, writing);
    case 'double-billing':
    case 'charges-left-out':
    case 'bought-model-contested':
    case 'commitment-not-stated':
    case 'reserved-capacity-not-stated':
    case 'resources-contested':
    case 'labor-on-bill':
    case 'intervals-overlap':
    case 'usage-parts-contradict':
    case 'usage-of-unknown-deployment':
    case 'hours-of-unknown-deployment':
    case 'source-incomplete':
      return stackWarning(warning, writing);
  }
}

const WARNINGS: Readonly<Record<Warning['code'], true>> = {
  'usage-doubted': true,
  'paid-time-estimated': true,
  'utilization-above-one': true,
  'busy-fraction-above-one': true,
  'utilization-above-busy-fraction': true,
  'tokens-without-paid-time': true,
  'intervals-longer-than-an-hour': true,
  'capacity-understated': true,
  'capacity-not-believed': true,
  'serverless-lower-bound': true,
  'busy-time-unknown': true,
  'ops-hours-not-logged': true,
  'usage-not-billed': true,
  'replica-hours-disagree': true,
  'months-not-billed': true,
  'host-retired': true,
  'cache-hits-unknown': true,
  'host-not-checked': true,
  'host-prices-second-hand': true,
  'host-price-changed-unseen': true,
  'prompt-sizes-unknown': true,
  'intervals-longer-than-price-hours': true,
  'prices-not-looked-at': true,
  'features-not-stated': true,
  'double-billing': true,
  'charges-left-out': true,
  'bought-model-contested': true,
  'commitment-not-stated': true,
  'reserved-capacity-not-stated': true,
  'resources-contested': true,
  'labor-on-bill': true,
  'intervals-overlap': true,
  'usage-parts-contradict': true,
  'usage-of-unknown-deployment': true,
  'hours-of-unknown-deployment': true,
  'source-incomplete': true,
};

export function isWarning<Fact extends { readonly code: string }>(
  fact: Fact,
): fact is Extract<Fact, Warning> {
  return Object.hasOwn(WARNINGS, fact.code);
}

/** Of which no figure is said. */
type Bare =
  | 'utilization-above-one'
  | 'busy-fraction-above-one'
  | 'utilization-above-busy-fraction'
  | 'capacity-understated'
  | 'capacity-not-believed'
  | 'serverless-lower-bound'
  | 'ops-hours-not-logged';

const ALWAYS: Readonly<Record<Bare, string>> = {
  'utilization-above-one':
    'More tokens were served than the paid time allows at this capacity: utilization is shown ' +
    'as 1.',
  'busy-fraction-above-one':
    'More busy time was seen than was paid for: the busy fraction is shown as 1.',
  'utilization-above-busy-fraction':
    'Utilization is above the busy fraction: nothing is shown as under-filled.',
  'capacity-understated':
    'An interval was faster than the stated capacity: the capacity is understated, and was ' +
    'raised to what was seen.',
  'capacity-not-believed':
    'The stated capacity is more than ten times the highest figure published for these GPUs, and ' +
    'is not used.',
  'serverless-lower-bound':
    'The serverless figure is a lower bound: pauses inside an interval, each with its wait until ' +
    'idle and perhaps another start, cannot be seen.',
  'ops-hours-not-logged': 'The ops log has hours, but no hours are logged for it: counted as 0.',
};

const ESTIMATED: Readonly<Record<WarningOf<'paid-time-estimated'>['from'], string>> = {
  'most-expensive-bucket':
    'Paid time is estimated from the dearest bucket of each resource, because the bill tells ' +
    'neither hours nor a rate',
  'whole-period':
    'Paid time is estimated as the whole period of each line, because the bill tells neither ' +
    'hours nor a rate',
  'equal-shares':
    'Shared resources were split equally, because no sharer was seen at work in the window',
};

function paidTimeEstimated({ from, resources, resourceCount }: WarningOf<'paid-time-estimated'>) {
  const rest = resourceCount - resources.length;
  const named = `${resources.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
  return `${ESTIMATED[from]}: ${named}.`;
}

const DOUBTED: Readonly<Record<WarningOf<'usage-doubted'>['doubt'], string>> = {
  'beyond-published':
    'left out, tokens and dollars: faster than ten times the highest figure published for these ' +
    'GPUs',
  alone:
    'left out, tokens and dollars: more than ten times as fast as the third-fastest hour. If it ' +
    'is right, state the capacity in the config',
  'capacity-not-raised':
    'counted, and not used as the capacity: more than twice as fast as the third-fastest hour',
};

function usageDoubted(warning: WarningOf<'usage-doubted'>, writing: Writing): string {
  const { doubt, intervals, tokens, tokensPerSecond, supportedTokensPerSecond } = warning;
  const pace = `${wholeText(tokensPerSecond, writing)} tokens a second of a replica`;
  const against = `against ${wholeText(supportedTokensPerSecond, writing)}`;
  const [all, of] = [
    countText(intervals, 'interval', writing),
    countText(tokens, 'token', writing),
  ];
  const is = intervals === 1 ? 'is' : 'are';
  return `${all} with ${of} ${is} ${DOUBTED[doubt]} (${pace} at ${warning.fastestAt}, ${against}).`;
}

function tokensUnpaid(
  { tokens, days }: WarningOf<'tokens-without-paid-time'>,
  writing: Writing,
): string {
  const [what, when] = [countText(tokens, 'token', writing), countText(days, 'day', writing)];
  const were = tokens === 1 ? 'was' : 'were';
  return `${what} ${were} served on ${when} without any paid replica time.`;
}

function intervalsLong(
  { intervals }: WarningOf<'intervals-longer-than-an-hour'>,
  writing: Writing,
): string {
  const is = intervals === 1 ? 'is' : 'are';
  const what = countText(intervals, 'interval', writing);
  return (
    `${what} with tokens ${is} longer than an hour: peaks inside ` +
    'cannot be seen, so right-size and hybrid figures are lower bounds.'
  );
}

function busyUnknown({ intervals }: WarningOf<'busy-time-unknown'>, writing: Writing): string {
  return (
    `Busy time is unknown in ${countText(intervals, 'interval', writing)}: there serverless is ` +
    'charged only for the time that the tokens take at full capacity.'
  );
}

function usageNotBilled(warning: WarningOf<'usage-not-billed'>, writing: Writing): string {
  const what = importText(warning.sources, []);
  return (
    `Nothing was billed for ${unbilledTokens(warning, writing)}: they are left out on both ` +
    `sides. The first such time is ${stretch(warning, writing)}; ${what}.`
  );
}

function monthsNotBilled({ months }: WarningOf<'months-not-billed'>): string {
  return (
    `${unbilledMonths(months)}, though charges there last a month: import or pull what is ` +
    'missing.'
  );
}
