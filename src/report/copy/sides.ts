/** Sentences about time that only the bill or only the usage knows, or of which they disagree. */

import { DAY_MS } from '../../domain/period.ts';
import type { UnbilledFigures, UnbilledMonth, WatchedFigures } from '../../economics/warning.ts';
import type { Writing } from '../locale.ts';
import { listed, numberText, shareText, wholeText } from './figures.ts';

/** `2,000,000 of 3,000,000 tokens (66.7%)`. */
export function unbilledTokens(
  { tokens, billedTokens, share }: Omit<UnbilledFigures, 'start' | 'end' | 'sources'>,
  writing: Writing,
): string {
  const all = wholeText(tokens + billedTokens, writing);
  return `${wholeText(tokens, writing)} of ${all} tokens (${shareText(share, writing, 'ceiling')})`;
}

/** `2026-08-01 to 2026-09-30`, or instants where it is not made of whole days. */
export function stretch(
  { start, end }: Pick<UnbilledFigures, 'start' | 'end'>,
  writing: Writing,
): string {
  const [startMs, endMs] = [Date.parse(start), Date.parse(end)];
  const isDays = startMs % DAY_MS === 0 && endMs % DAY_MS === 0;
  if (!isDays) return `${start} to ${end}`;
  const [first, last] = [writing.date(startMs), writing.date(endMs - 1)];
  return first === last ? first : `${first} to ${last}`;
}

/** What to bring for time for which nothing was billed. */
export function importText(sources: readonly string[], months: readonly UnbilledMonth[]): string {
  const own = months.filter(({ source }) => sources.includes(source));
  if (own.length > 0) return `${unbilledMonths(own)}: import or pull those charges`;
  const from = sources.length === 0 ? '' : ` of ${listed(sources)}`;
  return `import or pull the charges${from} for that time`;
}

/** `acme billed nothing for August 2026 and September 2026`. */
export function unbilledMonths(months: readonly UnbilledMonth[]): string {
  const bySource = Map.groupBy(months, ({ source }) => source);
  const each = [...bySource].map(([source, own]) => {
    return `${source} billed nothing for ${listed(own.map(({ month }) => monthName(month)))}`;
  });
  return each.join('; ');
}

function monthName(month: string): string {
  const options = { month: 'long', year: 'numeric', timeZone: 'UTC' } as const;
  return new Date(`${month}-01T00:00:00Z`).toLocaleDateString('en-US', options);
}

/**
 * Both numbers, and the GPUs of a replica that would make them agree: 4 h seen and 1 h paid at 8
 * GPUs a replica is a bill for 2.
 */
export function watchedText(
  { seenHours, paidHours, gpus, billedGpus }: WatchedFigures,
  writing: Writing,
): string {
  const hours = numberText(seenHours, 1, writing);
  const seen = `Usage saw ${hours} replica-hours, and the bill pays for`;
  const paid = `${numberText(paidHours, 1, writing)} of the same time`;
  if (gpus === undefined || billedGpus === undefined) {
    return `${seen} ${paid}: check \`gpu.count\` and \`resources\``;
  }
  return (
    `${seen} ${paid}: \`gpu.count\` is ${numberText(gpus, 3, writing)}, and the bill pays for ` +
    `${numberText(billedGpus, 2, writing)} GPUs a replica. Check \`gpu.count\` and \`resources\``
  );
}
