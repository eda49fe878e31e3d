/** Renders warnings about figures with incomplete or doubtful data. */

import type { Warning } from '../../economics/warning.ts';
import type { LocaleFormat } from '../locale.ts';
import { dayName, listed, namedText, shareText, counted, dollars, wholeText } from '../format.ts';
import { firstUnbilled, unbilledMonths, unbilledTokens, watchedText } from './missing.ts';
import { stackWarning } from './stackWarnings.ts';

export type WarningOf<Code extends Warning['code']> = Extract<Warning, { readonly code: Code }>;

export function warningSentence(warning: Warning, writing: LocaleFormat): string {
  switch (warning.code) {
    case 'usage-doubted':
      return usageDoubted(warning, writing);
    case 'paid-time-estimated': {
      const { from, resources, resourceCount } = warning;
      return `${ESTIMATED[from]}: ${namedText(resources, resourceCount)}.`;
    }
    case 'utilization-above-one':
    case 'busy-fraction-above-one':
    case 'utilization-above-busy-fraction':
    case 'capacity-understated':
    case 'capacity-not-believed':
    case 'serverless-lower-bound':
    case 'ops-hours-not-logged':
      return ALWAYS[warning.code];
    case 'tokens-without-paid-time': {
      const tokens = counted(warning.tokens, 'token', writing);
      const days = counted(warning.days, 'day', writing);
      return `Usage shows ${tokens} on ${days} without any paid replica time.`;
    }
    case 'intervals-longer-than-an-hour': {
      const intervals = counted(warning.intervals, 'interval', writing);
      return (
        `Usage has ${intervals} longer than an hour. Peaks within an interval are not ` +
        'visible, so right-size and hybrid costs are lower bounds.'
      );
    }
    case 'busy-time-unknown':
      return busyUnknown(warning, writing);
    case 'usage-not-billed':
    case 'replica-hours-disagree':
    case 'months-not-billed':
      return sideWarning(warning, writing);
    case 'host-retired':
    case 'cache-hits-unknown':
    case 'host-not-checked':
    case 'host-prices-second-hand':
    case 'host-price-changed-unseen':
    case 'prompt-sizes-unknown':
    case 'intervals-longer-than-price-hours':
    case 'prices-not-looked-at':
    case 'features-not-stated':
      return priceWarning(warning, writing);
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

function busyUnknown(warning: WarningOf<'busy-time-unknown'>, writing: LocaleFormat): string {
  return (
    `Busy time is unknown in ${counted(warning.intervals, 'interval', writing)}. There, the ` +
    'serverless cost covers only the time that the tokens take at full capacity.'
  );
}

type SideWarning = WarningOf<'usage-not-billed' | 'replica-hours-disagree' | 'months-not-billed'>;

/** Warnings about time that only bill or usage covers, or in which they differ. */
function sideWarning(warning: SideWarning, writing: LocaleFormat): string {
  switch (warning.code) {
    case 'usage-not-billed':
      return (
        `Nothing was billed for ${unbilledTokens(warning, writing)}. They are left out on both ` +
        `sides. ${firstUnbilled(warning, [], writing)}`
      );
    case 'replica-hours-disagree':
      return `${watchedText(warning, writing)} Check \`gpu.count\` and \`resources\`.`;
    case 'months-not-billed':
      return (
        `${unbilledMonths(warning.months)} Charges there usually cover a whole month. Import or ` +
        'pull what is missing.'
      );
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

/** Warnings without figures. */
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
    'Usage shows more tokens than the paid hours allow at this capacity. Utilization is shown as ' +
    '100%.',
  'busy-fraction-above-one':
    'Usage shows more busy hours than were paid for. The busy fraction is shown as 100%.',
  'utilization-above-busy-fraction':
    'Utilization is above the busy fraction, so no time is shown as under-filled.',
  'capacity-understated':
    'Some intervals were faster than the stated capacity. The capacity was raised to the ' +
    'measured ' +
    'value.',
  'capacity-not-believed':
    'The stated capacity is more than ten times the highest figure published for these GPUs. It ' +
    'is not used.',
  'serverless-lower-bound':
    'The serverless cost is a lower bound. Pauses within an interval are not visible, nor are ' +
    'their idle timeouts and cold starts.',
  'ops-hours-not-logged':
    'The ops log has no hours for this deployment, although it has hours for others. They count ' +
    'as zero.',
};

const ESTIMATED: Readonly<Record<WarningOf<'paid-time-estimated'>['from'], string>> = {
  'most-expensive-bucket':
    'The bill lists neither hours nor a rate. Paid hours are estimated from the most expensive ' +
    'bucket of each resource',
  'whole-period':
    'The bill lists neither hours nor a rate. Paid hours are estimated as the whole period of ' +
    'each charge',
  'equal-shares':
    'Usage shows no deployment on these shared resources, so their cost is split equally',
};

const DOUBTED: Readonly<
  Record<WarningOf<'usage-doubted'>['doubt'], readonly [done: string, why: string]>
> = {
  'beyond-published': [
    'left out, with its tokens and dollars',
    'It is more than ten times as fast as the highest figure published for these GPUs.',
  ],
  alone: [
    'left out, with its tokens and dollars',
    'It is more than ten times as fast as the third-fastest hour. If it is right, state the ' +
      'capacity in the config.',
  ],
  'capacity-not-raised': [
    'counted, but does not raise the capacity',
    'It is more than twice as fast as the third-fastest hour.',
  ],
};

function usageDoubted(warning: WarningOf<'usage-doubted'>, writing: LocaleFormat): string {
  const { doubt, intervals, tokens, tokensPerSecond, supportedTokensPerSecond } = warning;
  const [done, why] = DOUBTED[doubt];
  const all = counted(intervals, 'interval', writing);
  return (
    `Usage in ${all} (${counted(tokens, 'token', writing)}) is ${done}. ${why} The fastest ` +
    `interval had ${wholeText(tokensPerSecond, writing)} tokens a second per replica at ` +
    `${warning.fastestAt}, compared with ${wholeText(supportedTokensPerSecond, writing)}.`
  );
}

type PriceWarning = WarningOf<
  | 'host-retired'
  | 'cache-hits-unknown'
  | 'host-not-checked'
  | 'host-prices-second-hand'
  | 'host-price-changed-unseen'
  | 'prompt-sizes-unknown'
  | 'intervals-longer-than-price-hours'
  | 'prices-not-looked-at'
  | 'features-not-stated'
>;

/** Warnings about the hosted price. */
function priceWarning(warning: PriceWarning, writing: LocaleFormat): string {
  switch (warning.code) {
    case 'host-retired': {
      const day = dayName(warning.day, writing);
      return `The provider ${warning.host} stopped selling the model on ${day}.`;
    }
    case 'cache-hits-unknown': {
      const { intervals, allHitsUsd } = warning;
      return (
        `Cache hits are unknown in ${counted(intervals, 'interval', writing)} and count as ` +
        'none at the provider. Its cost is an upper bound there. If all those prompt tokens were ' +
        `hits, it would be ${dollars(allHitsUsd, writing)}.`
      );
    }
    case 'host-not-checked':
      return (
        `The provider ${warning.host} does not state its uptime or context length. It is ` +
        'compared without that check.'
      );
    case 'host-prices-second-hand': {
      const { host, share, untilDay } = warning;
      return (
        `Prices of ${host} come from a catalog, not from the provider, for ` +
        `${shareText(share, writing, 'ceiling')} of the tokens, until ` +
        `${dayName(untilDay, writing)}.`
      );
    }
    case 'host-price-changed-unseen': {
      const [start, end] = [warning.startDay, warning.endDay].map((day) => dayName(day, writing));
      return (
        `The hosted price changed between ${start} and ${end}, and no price was read in between. ` +
        hostedBetween(warning, writing)
      );
    }
    case 'prompt-sizes-unknown':
      return (
        'The provider charges more for long prompts, but only the mean prompt length is known. ' +
        hostedBetween(warning, writing)
      );
    case 'intervals-longer-than-price-hours':
      return (
        'The price of the provider depends on the hour, but usage is known for longer intervals. ' +
        hostedBetween(warning, writing)
      );
    case 'prices-not-looked-at': {
      const { model, source, sinceDay } = warning;
      return `No prices of ${model} were read from ${source} after ${dayName(sinceDay, writing)}.`;
    }
    case 'features-not-stated':
      return (
        `The provider ${warning.host} does not state that it supports ` +
        `${listed(warning.features)}.`
      );
  }
}

function hostedBetween(
  { lowUsd, highUsd }: { readonly lowUsd: string; readonly highUsd: string },
  writing: LocaleFormat,
): string {
  const [low, high] = [dollars(lowUsd, writing), dollars(highUsd, writing)];
  return `The hosted cost is between ${low} and ${high}.`;
}
