/** Plans the chart of an owner's report: load of the paid replicas by hour of the week. */

import { exact } from '../../domain/exact.ts';
import { counted, percent, percentOf } from '../format.ts';
import { shownName } from '../displayText.ts';
import { chartNames, type ChartPlan } from './chart.ts';
import { type Label, legendAt, type Rect, buildSheet, plotWidth, type Sheet } from './sheet.ts';
import { COLORS } from './theme.ts';
import type { Reader } from '../locale.ts';
import { DAY_MS, HOUR_MS } from '../../domain/period.ts';
import type { AuditDetail } from '../../verdict/audit.ts';

const NAMES = chartNames('week-hours');

export const DAY_NAMES = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Hours per block: long enough to be visible, short enough to act on. */
const BLOCK = 3;

export function planWeekHoursChart(
  deployment: string,
  week: WeekLoad | undefined,
  reader: Reader,
): ChartPlan {
  if (week === undefined) {
    const title = `The load of ${shownName(deployment)} by hour of the week is unknown`;
    return { ...NAMES, title, alt: `${title}.` };
  }
  const blocks = meanByBlock(week, BLOCK).flatMap((day, at) =>
    day.flatMap((share, block) => (share === undefined ? [] : [{ at, block, share }])),
  );
  const ordered = blocks.toSorted((a, b) => b.share - a.share || a.at - b.at || a.block - b.block);
  const [busiest = NO_BLOCK, quietest = NO_BLOCK] = [ordered[0], ordered.at(-1)];
  const title =
    `${shownName(deployment)} is at ${percentOf(busiest.share, reader)} ` +
    `of ${OF[week.of]} in its busiest ` +
    `hours and at ${percentOf(quietest.share, reader)} in its quietest`;
  const [most, least] = [blockName(busiest), blockName(quietest)];
  const ends = `Busiest: ${most}. Quietest: ${least}. ${idleText(week, reader)}`;
  const subtitle = [`${SHARES[week.of]} by hour of the week (UTC).`];
  return {
    ...NAMES,
    title,
    alt: `${title}. ${ends}`,
    spec: specOf(week, { title, subtitle }, reader),
  };
}

const NO_BLOCK = { at: 0, block: 0, share: 0 };

const OF = { capacity: 'its paid capacity', busiest: 'its peak' } as const;

const SHARES = {
  capacity: 'Tokens as a share of what the paid replicas can serve,',
  busiest: 'Tokens as a share of the busiest hour, because no capacity is known,',
} as const;

/** Hours below this share count as idle. */
const IDLE = 0.1;

/** How many hours of the week the paid replicas are nearly idle. */
function idleText({ shares, of }: WeekLoad, reader: Reader): string {
  const known = shares.filter((share) => share !== undefined);
  const idle = known.filter((share) => share < IDLE).length;
  const tenth = percent(exact(1n, 10n), reader);
  return (
    `${idle} of ${counted(known.length, 'hour', reader)} ` +
    `of the week are below ${tenth} of ${OF[of]}.`
  );
}

function blockName({ at, block }: { readonly at: number; readonly block: number }): string {
  const from = block * BLOCK;
  return `${DAY_NAMES[at] ?? ''} ${from}:00 to ${from + BLOCK}:00 UTC`;
}

/** Colors from idle to full. Color-blind readers can distinguish idle, too. */
const STEPS: readonly { readonly below: number; readonly fill: string; readonly text: string }[] = [
  { below: IDLE, fill: COLORS.waste, text: 'Below 10%' },
  { below: 0.25, fill: '#D6E6F2', text: '10 to 25%' },
  { below: 0.5, fill: '#8FBEDD', text: '25 to 50%' },
  { below: 0.75, fill: '#3C8FC4', text: '50 to 75%' },
  { below: Number.POSITIVE_INFINITY, fill: '#004C78', text: '75% and more' },
];

const ROW = 24;
const KEY = 30;

function specOf(
  week: WeekLoad,
  heading: Sheet['heading'],
  reader: Reader,
): NonNullable<ChartPlan['spec']> {
  const sheet: Sheet = { heading, left: 42, right: 4, height: KEY + 7 * ROW + 26 };
  const width = plotWidth(sheet) / 24;
  const cells = week.shares.map((share, at): Rect => {
    const [day, hour] = [Math.floor(at / 24), at % 24];
    const [x, y] = [hour * width, KEY + day * ROW];
    const text = share === undefined ? 'unknown' : percentOf(share, reader);
    const says = `${DAY_NAMES[day] ?? ''} ${hour}:00 UTC: ${text}`;
    return { x: x + 1, x2: x + width - 1, y: y + 1, y2: y + ROW - 1, fill: fillOf(share), says };
  });
  const key = legendAt({ x: -sheet.left, y: 8 }, STEPS);
  const hours: Label[] = [0, 6, 12, 18].map((hour) => ({
    x: hour * width,
    y: KEY + 7 * ROW + 13,
    text: `${hour}:00`,
    fill: COLORS.muted,
  }));
  const days: Label[] = DAY_NAMES.map((text, day) => ({
    x: -sheet.left,
    y: KEY + day * ROW + ROW / 2,
    text,
  }));
  return buildSheet(sheet, {
    rects: [...key.rects, ...cells],
    labels: [...key.labels, ...days, ...hours],
  });
}

function fillOf(share: number | undefined): string {
  if (share === undefined) return COLORS.unknown;
  return STEPS.find(({ below }) => share < below)?.fill ?? COLORS.unknown;
}

/** Hours of a week. The first is Monday 0:00 UTC. */
const WEEK = 168;

export interface WeekLoad {
  /**
   * Share of the paid capacity by hour of the week. `undefined` without paid time or known usage.
   */
  readonly shares: readonly (number | undefined)[];
  /** `busiest`: without a known capacity, shares are of the busiest hour of the week. */
  readonly of: 'capacity' | 'busiest';
}

type Load = AuditDetail['load'][number];

/**
 * For each hour of the week: its tokens over all weeks, divided by the capacity of the paid replica
 * time. Worked number: 30 and 50 tokens on two Mondays with a capacity of 100 each are 0.4.
 * `undefined` without a known hour.
 */
export function computeWeekLoad(load: Load | undefined): WeekLoad | undefined {
  if (load === undefined) return undefined;
  const { startMs, tokensByHour, capacityTokensPerHour, replicas, paidMsByHour } = load;
  const served = Array.from({ length: WEEK }, () => 0);
  const room = Array.from({ length: WEEK }, () => 0);
  const perReplica =
    capacityTokensPerHour === null ? 1 : capacityTokensPerHour / Math.max(1, replicas);
  for (const [hour, tokens] of tokensByHour.entries()) {
    const paidMs = paidMsByHour === undefined ? replicas * HOUR_MS : (paidMsByHour[hour] ?? 0);
    if (tokens === null || paidMs <= 0) continue;
    const at = hourOfWeek(startMs + hour * HOUR_MS);
    served[at] = (served[at] ?? 0) + tokens;
    room[at] = (room[at] ?? 0) + perReplica * (paidMs / HOUR_MS);
  }
  const shares = served.map((tokens, at) => {
    const most = room[at] ?? 0;
    return most > 0 ? tokens / most : undefined;
  });
  if (shares.every((share) => share === undefined)) return undefined;
  if (capacityTokensPerHour !== null) {
    return { shares: shares.map((share) => share && Math.min(1, share)), of: 'capacity' };
  }
  const busiest = Math.max(...shares.map((share) => share ?? 0)) || 1;
  return { shares: shares.map((share) => share && share / busiest), of: 'busiest' };
}

/** Hour of the week. 1970-01-01 was a Thursday. */
function hourOfWeek(atMs: number): number {
  const day = (Math.floor(atMs / DAY_MS) + 3) % 7;
  return day * 24 + (Math.floor(atMs / HOUR_MS) % 24);
}

/** Mean shares of blocks of hours, by day. */
export function meanByBlock({ shares }: WeekLoad, hours: number): (number | undefined)[][] {
  return Array.from({ length: 7 }, (_, day) =>
    Array.from({ length: 24 / hours }, (__, block) => {
      const from = day * 24 + block * hours;
      const known = shares.slice(from, from + hours).filter((share) => share !== undefined);
      if (known.length === 0) return undefined;
      return known.reduce((all, share) => all + share, 0) / known.length;
    }),
  );
}
