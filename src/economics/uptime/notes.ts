/** What a person should know of charges that were rebuilt: once a cause, not once a resource. */

import { counted } from '../../domain/counted.ts';
import { toDecimal } from '../../domain/exact.ts';
import { usd } from '../../domain/money.ts';
import { DAY_MS, dayText, HOUR_MS, overlapMs, type Period } from '../../domain/period.ts';
import type { UptimeRule } from '../../domain/uptime.ts';
import { chargedMs, doubtOf, type RebuiltCharge } from './charges.ts';
import type { PricedStretch } from './prices.ts';
import type { Stretch } from '../../domain/timeline.ts';

interface Told {
  readonly name: string;
  readonly charges: readonly RebuiltCharge[];
  readonly stretches: readonly Stretch[];
  readonly prices: readonly PricedStretch[];
}

const EVER: Period = { startMs: Number.NEGATIVE_INFINITY, endMs: Number.POSITIVE_INFINITY };

const FROM_INVOICE = 'import their charges from the invoice';

export function newUptimeNotes({ most, mend = FROM_INVOICE }: Pick<UptimeRule, 'most' | 'mend'>) {
  const cut = { count: 0, sinceMs: Number.POSITIVE_INFINITY };
  const doubt = { count: 0, billed: 0n, less: 0n, more: 0n };
  const unpriced = { names: [] as string[], ms: 0, mend };
  const early = { count: 0, untilMs: 0 };
  return {
    /** A resource was first seen at this moment, and ran before for nobody knows how long. */
    ranBefore(atMs: number, { startMs, endMs }: Period): void {
      if (atMs <= startMs || atMs >= endMs) return;
      cut.count += 1;
      cut.sinceMs = Math.min(cut.sinceMs, atMs);
    },
    take({ name, charges, stretches, prices }: Told): void {
      if (prices.length === 0) {
        unpriced.names.push(name);
        unpriced.ms += chargedMs(stretches);
        return;
      }
      const { less, more } = doubtOf(stretches, prices, EVER);
      doubt.billed += charges.reduce((sum, { charge }) => sum + charge.billed, 0n);
      if (less > 0n || more > 0n) doubt.count += 1;
      doubt.less += less;
      doubt.more += more;
      const untilMs = earlyUntil(stretches, prices);
      if (untilMs === undefined) return;
      early.count += 1;
      early.untilMs = Math.max(early.untilMs, untilMs);
    },
    all: (): string[] => [
      ...(cut.count === 0 ? [] : [cutText(cut)]),
      ...(doubt.count === 0 ? [] : [doubtText(doubt, most !== undefined)]),
      ...(unpriced.names.length === 0 ? [] : [unpricedText(unpriced)]),
      ...(early.count === 0 ? [] : [earlyText(early)]),
    ],
  };
}

/** Set where more than a day is priced by what was sampled only later. */
function earlyUntil(stretches: readonly Stretch[], prices: readonly PricedStretch[]) {
  const early = prices.find(({ isEarly }) => isEarly === true);
  if (early === undefined) return undefined;
  const ms = stretches.reduce((sum, stretch) => sum + overlapMs(stretch, early), 0);
  return ms > DAY_MS ? early.endMs : undefined;
}

function cutText({ count, sinceMs }: { count: number; sinceMs: number }): string {
  return (
    `${counted(count, 'resource')} already ran when first seen, on ${dayText(sinceMs)} at the ` +
    'earliest, and nothing tells since when: their charges begin there; import the earlier ones ' +
    'from the invoice'
  );
}

type Doubt = Record<'billed' | 'less' | 'more', bigint> & { readonly count: number };

function doubtText({ count, billed, less, more }: Doubt, isOfReplicas: boolean): string {
  const atLeast = less < billed ? billed - less : 0n;
  const [low, base, high] = [atLeast, billed, billed + more].map(dollars);
  return (
    `for ${counted(count, 'resource')} a start, an end${isOfReplicas ? ', the replicas' : ''} ` +
    'or a price change was not observed: ' +
    `$${base} is charged, and between $${low} and $${high} may have been billed`
  );
}

const MOST_NAMES = 5;

function unpricedText({ names, ms, mend }: { names: string[]; ms: number; mend: string }): string {
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  const named = `${names.slice(0, MOST_NAMES).join(', ')}${more}`;
  const hours = counted(Math.round(ms / HOUR_MS), 'hour');
  return (
    `no price is known for ${counted(names.length, 'resource')} that ran for ${hours} ` +
    `(${named}): nothing is charged for them; ${mend}`
  );
}

function earlyText({ count, untilMs }: { count: number; untilMs: number }): string {
  return (
    `${counted(count, 'resource')} ran before a price was first sampled: time before ` +
    `${dayText(untilMs)} is charged at the first sampled price`
  );
}

function dollars(nano: bigint): string {
  return toDecimal(usd(nano), 2);
}
