/** Collects notes on rebuilt charges, once per cause and not per resource. */

import { nanoUsdText } from '../../domain/figureText.ts';
import { DAY_MS, dayText, HOUR_MS, overlapMs, type Period } from '../../domain/period.ts';
import type { UptimeRule } from '../../domain/uptime.ts';
import type { UptimeNote } from '../../domain/uptimeNote.ts';
import { chargedMs, billedBounds, type RebuiltCharge } from './charges.ts';
import type { PricedStretch } from './prices.ts';
import type { UptimeStretch } from '../../domain/timeline.ts';

interface RebuiltSummary {
  readonly name: string;
  readonly charges: readonly RebuiltCharge[];
  readonly stretches: readonly UptimeStretch[];
  readonly prices: readonly PricedStretch[];
}

const EVER: Period = { startMs: Number.NEGATIVE_INFINITY, endMs: Number.POSITIVE_INFINITY };

export function createUptimeNotes({ most, fix }: Pick<UptimeRule, 'most' | 'fix'>) {
  const cut = { count: 0, sinceMs: Number.POSITIVE_INFINITY };
  const doubt = { count: 0, billed: 0n, less: 0n, more: 0n };
  const unpriced = { names: [] as string[], ms: 0 };
  const early = { count: 0, untilMs: 0 };
  return {
    /** A resource was first seen at this time, and had run before for an unknown time. */
    ranBefore(atMs: number, { startMs, endMs }: Period): void {
      if (atMs <= startMs || atMs >= endMs) return;
      cut.count += 1;
      cut.sinceMs = Math.min(cut.sinceMs, atMs);
    },
    take({ name, charges, stretches, prices }: RebuiltSummary): void {
      if (prices.length === 0) {
        unpriced.names.push(name);
        unpriced.ms += chargedMs(stretches);
        return;
      }
      const { less, more } = billedBounds(stretches, prices, EVER);
      doubt.billed += charges.reduce((sum, { charge }) => sum + charge.billed, 0n);
      if (less > 0n || more > 0n) doubt.count += 1;
      doubt.less += less;
      doubt.more += more;
      const untilMs = earlyUntil(stretches, prices);
      if (untilMs === undefined) return;
      early.count += 1;
      early.untilMs = Math.max(early.untilMs, untilMs);
    },
    all: (): UptimeNote[] => [
      ...(cut.count === 0 ? [] : [cutNote(cut)]),
      ...(doubt.count === 0 ? [] : [doubtNote(doubt, most !== undefined)]),
      ...(unpriced.names.length === 0 ? [] : [unpricedNote(unpriced, fix)]),
      ...(early.count === 0 ? [] : [earlyNote(early)]),
    ],
  };
}

/** The end of early pricing, if more than a day is priced by a later sample. */
function earlyUntil(stretches: readonly UptimeStretch[], prices: readonly PricedStretch[]) {
  const early = prices.find(({ isEarly }) => isEarly === true);
  if (early === undefined) return undefined;
  const ms = stretches.reduce((sum, stretch) => sum + overlapMs(stretch, early), 0);
  return ms > DAY_MS ? early.endMs : undefined;
}

function cutNote({ count, sinceMs }: { count: number; sinceMs: number }): UptimeNote {
  return { code: 'ran-before-first-seen', resources: count, day: dayText(sinceMs) };
}

type Doubt = Record<'billed' | 'less' | 'more', bigint> & { readonly count: number };

function doubtNote({ count, billed, less, more }: Doubt, ofReplicas: boolean): UptimeNote {
  return {
    code: 'uptime-not-observed',
    resources: count,
    ofReplicas,
    chargedUsd: nanoUsdText(billed),
    lowUsd: nanoUsdText(less < billed ? billed - less : 0n),
    highUsd: nanoUsdText(billed + more),
  };
}

const MOST_NAMES = 5;

function unpricedNote(
  { names, ms }: { readonly names: readonly string[]; readonly ms: number },
  fix: string | undefined,
): UptimeNote {
  return {
    code: 'uptime-without-price',
    resources: names.slice(0, MOST_NAMES),
    resourceCount: names.length,
    hours: Math.round(ms / HOUR_MS),
    ...(fix === undefined ? {} : { fix }),
  };
}

function earlyNote({ count, untilMs }: { count: number; untilMs: number }): UptimeNote {
  return { code: 'uptime-before-price', resources: count, day: dayText(untilMs) };
}
