/** What a reader must know of the hosted price before resting anything on it, in sentences. */

import type { HostWarning } from '../../economics/warning.ts';
import type { Writing } from '../locale.ts';
import { countText, dayText, fixedText, usdText } from './figures.ts';

type Of<Code extends HostWarning['code']> = Extract<HostWarning, { readonly code: Code }>;

export function hostWarning(warning: HostWarning, writing: Writing): string {
  switch (warning.code) {
    case 'host-retired':
      return `${warning.host} stopped selling the model on ${dayText(warning.day, writing)}.`;
    case 'cache-hits-unknown':
      return cacheHitsUnknown(warning, writing);
    case 'host-not-checked':
      return `${warning.host} does not tell its uptime or context length; it passed unchecked.`;
    case 'host-prices-second-hand':
      return secondHand(warning, writing);
    case 'host-price-changed-unseen':
      return changedUnseen(warning, writing);
    case 'prompt-sizes-unknown':
      return `${LONG_PROMPTS}: ${between(warning, writing)}`;
    case 'intervals-longer-than-price-hours':
      return `${BY_THE_HOUR}: ${between(warning, writing)}`;
    case 'prices-not-looked-at':
      return notLookedAt(warning, writing);
    case 'features-not-stated':
      return `${warning.host} does not tell that it has ${warning.features.join(', ')}.`;
  }
}

const LONG_PROMPTS = 'The host asks more for long prompts, and only their mean is known';
const BY_THE_HOUR = 'The host asks by the hour, and usage is known for longer intervals';

function cacheHitsUnknown(
  { intervals, allHitsUsd }: Of<'cache-hits-unknown'>,
  writing: Writing,
): string {
  const where = countText(intervals, 'interval', writing);
  return (
    `Cache hits are unknown in ${where} and count as none at the host: its cost is an upper ` +
    `bound there, and ${usdText(allHitsUsd, writing)} if all of those ` +
    'prompt tokens were hits.'
  );
}

function secondHand(
  { host, share, untilDay }: Of<'host-prices-second-hand'>,
  writing: Writing,
): string {
  const part = fixedText(share, 4, writing);
  return (
    `Prices of ${host} are second-hand for a share of ${part} of the tokens, until ` +
    `${dayText(untilDay, writing)}: a catalog told them, not the host.`
  );
}

function changedUnseen(
  { startDay, endDay, ...ends }: Of<'host-price-changed-unseen'>,
  writing: Writing,
): string {
  const days = `${dayText(startDay, writing)} and ${dayText(endDay, writing)}`;
  return `Nobody looked at the price between ${days}, and it changed: ${between(ends, writing)}`;
}

function between(
  { lowUsd, highUsd }: { readonly lowUsd: string; readonly highUsd: string },
  writing: Writing,
): string {
  const [low, high] = [usdText(lowUsd, writing), usdText(highUsd, writing)];
  return `the hosted cost lies between ${low} and ${high}.`;
}

function notLookedAt(
  { model, source, sinceDay }: Of<'prices-not-looked-at'>,
  writing: Writing,
): string {
  const since = dayText(sinceDay, writing);
  return `Nobody looked at the prices of ${model} at ${source} after ${since}.`;
}
