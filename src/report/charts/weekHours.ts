/** Plans the chart of an owner's report: load of the paid replicas by hour of the week. */

import { exact } from '../../domain/exact.ts';
import { counted, percent } from '../format.ts';
import { shownName } from '../label.ts';
import { type ChartPlan, chartNames } from './chart.ts';
import { legendAt, type Label, type Rect } from './marks.ts';
import { plotWidth, type Sheet, buildSheet } from './sheet.ts';
import { COLORS } from './theme.ts';
import { meanByBlock, type WeekLoad } from './weekLoad.ts';
import type { Reader } from '../locale.ts';

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
    `${shownName(deployment)} is at ${weekShareText(busiest.share, reader)} ` +
    `of ${OF[week.of]} in its busiest ` +
    `hours and at ${weekShareText(quietest.share, reader)} in its quietest`;
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

export function weekShareText(share: number, reader: Reader): string {
  return percent(exact(BigInt(Math.round(share * 1e6)), 1_000_000n), reader);
}

/** Colors from idle to full. Color-blind readers can distinguish idle, too. */
const STEPS: readonly { readonly below: number; readonly fill: string; readonly words: string }[] =
  [
    { below: IDLE, fill: COLORS.waste, words: 'Below 10%' },
    { below: 0.25, fill: '#D6E6F2', words: '10 to 25%' },
    { below: 0.5, fill: '#8FBEDD', words: '25 to 50%' },
    { below: 0.75, fill: '#3C8FC4', words: '50 to 75%' },
    { below: Number.POSITIVE_INFINITY, fill: '#004C78', words: '75% and more' },
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
    const text = share === undefined ? 'unknown' : weekShareText(share, reader);
    const says = `${DAY_NAMES[day] ?? ''} ${hour}:00 UTC: ${text}`;
    return { x: x + 1, x2: x + width - 1, y: y + 1, y2: y + ROW - 1, fill: fillOf(share), says };
  });
  const key = legendAt({ x: -sheet.left, y: 8 }, STEPS);
  const hours: Label[] = [0, 6, 12, 18].map((hour) => ({
    x: hour * width,
    y: KEY + 7 * ROW + 13,
    words: `${hour}:00`,
    fill: COLORS.muted,
  }));
  const days: Label[] = DAY_NAMES.map((words, day) => ({
    x: -sheet.left,
    y: KEY + day * ROW + ROW / 2,
    words,
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
