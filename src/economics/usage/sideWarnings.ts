/** Sentences about figures of which one side is missing, or about two sides that disagree. */

import { decimal, type Exact, exact, multiply, toDecimal } from '../../domain/exact.ts';
import { DAY_MS, dayText, instantText, type Period } from '../../domain/period.ts';
import type { Unbilled, WatchedTime } from '../result.ts';
import type { MissingMonth } from '../stackParts.ts';
import { isApart } from './watched.ts';

/** `2,000,000 of 3,000,000 tokens (66.7 %)`; rounded up, so that no bar seems to hold. */
export function unbilledTokensText(
  { tokens, share }: Pick<Unbilled, 'tokens' | 'share'>,
  billed: number,
) {
  const all = (tokens + billed).toLocaleString('en-US');
  const percent = toDecimal(multiply(share, exact(100n)), 1, 'ceiling').replace(/\.0$/, '');
  return `${tokens.toLocaleString('en-US')} of ${all} tokens (${percent} %)`;
}

/** `2026-08-01 to 2026-09-30`, or instants where it is not made of whole days. */
export function spanText({ startMs, endMs }: Period): string {
  const isDays = startMs % DAY_MS === 0 && endMs % DAY_MS === 0;
  if (!isDays) return `${instantText(startMs)} to ${instantText(endMs)}`;
  const [first, last] = [dayText(startMs), dayText(endMs - 1)];
  return first === last ? first : `${first} to ${last}`;
}

/** What to bring for time for which nothing was billed. */
export function importText(sources: readonly string[], months: readonly MissingMonth[]): string {
  const own = months.filter(({ sourceId }) => sources.includes(sourceId));
  if (own.length > 0) return `${missingMonthsText(own)}: import or pull those charges`;
  const from = sources.length === 0 ? '' : ` of ${listed(sources)}`;
  return `import or pull the charges${from} for that time`;
}

/** Said first: it is the largest thing that a figure can lack. */
export function unbilledWarnings(
  billedTokens: number,
  unbilled: Pick<Unbilled, 'tokens' | 'share' | 'periods' | 'sources'> | undefined,
): string[] {
  const [first] = unbilled?.periods ?? [];
  if (unbilled === undefined || first === undefined || unbilled.tokens === 0) return [];
  return [
    `Nothing was billed for ${unbilledTokensText(unbilled, billedTokens)}: they are left out on ` +
      `both sides. The first such time is ${spanText(first)}; ` +
      `${importText(unbilled.sources, [])}.`,
  ];
}

export function missingMonthWarnings(months: readonly MissingMonth[]): string[] {
  if (months.length === 0) return [];
  return [
    `${missingMonthsText(months)}, though charges there last a month: import or pull what is ` +
      'missing.',
  ];
}

/** `acme billed nothing for August 2026 and September 2026`. */
function missingMonthsText(months: readonly MissingMonth[]): string {
  const bySource = Map.groupBy(months, ({ sourceId }) => sourceId);
  const each = [...bySource].map(([sourceId, own]) => {
    return `${sourceId} billed nothing for ${listed(own.map(({ monthMs }) => monthText(monthMs)))}`;
  });
  return each.join('; ');
}

function monthText(monthMs: number): string {
  const options = { month: 'long', year: 'numeric', timeZone: 'UTC' } as const;
  return new Date(monthMs).toLocaleDateString('en-US', options);
}

/** `a`, `a and b`, `a, b and c`. */
function listed(names: readonly string[]): string {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}

/** Start-ups, and minutes that only one side sees, stay below a tenth of the hours. */
const NOTABLE = decimal('1.1');

export function watchedWarnings({ watched }: { readonly watched?: WatchedTime }): string[] {
  if (watched === undefined || !isApart(watched, NOTABLE)) return [];
  return [`${watchedText(watched)}.`];
}

/**
 * Both numbers, and the GPUs of a replica that would make them agree: 4 h seen and 1 h paid at 8
 * GPUs a replica is a bill for 2.
 */
export function watchedText({ seenNs, paidNs, gpus }: WatchedTime): string {
  const hours = `Usage saw ${hoursText(seenNs)} replica-hours, and the bill pays for`;
  const paid = `${hoursText(paidNs)} of the same time`;
  if (seenNs === 0n) return `${hours} ${paid}: check \`gpu.count\` and \`resources\``;
  const byBill = plain(multiply(gpus, exact(paidNs, seenNs)), 2);
  const count = plain(gpus, 3);
  return (
    `${hours} ${paid}: \`gpu.count\` is ${count}, and the bill pays for ${byBill} GPUs a ` +
    'replica. Check `gpu.count` and `resources`'
  );
}

const NS_IN_HOUR = 3_600_000_000_000n;

function hoursText(ns: bigint): string {
  return plain(exact(ns, NS_IN_HOUR), 1);
}

/** `8,832`, `4.5`: no more places than are needed. */
function plain(value: Exact, places: number): string {
  const [whole = '', rest = ''] = toDecimal(value, places).split('.');
  const digits = rest.replace(/0+$/, '');
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ',');
  return digits === '' ? grouped : `${grouped}.${digits}`;
}
