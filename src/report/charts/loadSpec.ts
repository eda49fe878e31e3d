/** Knows how the chart of load is drawn: a panel a deployment, each hour against capacity. */

import { exact } from '../../domain/exact.ts';
import { percent, wholeNumber } from '../format.ts';
import { shownName } from '../label.ts';
import type { ChartPlan } from './chart.ts';
import type { Curve } from './curves.ts';
import { fitted, textWidth, writable } from './fonts.ts';
import type { Heading } from './heading.ts';
import { type KeyItem, keyLayers, type Label, labelsLayer } from './marks.ts';
import { scaleOf } from './scale.ts';
import { type Drawn, FILL, pixels, sheetOf } from './sheet.ts';
import { COLORS, SMALL, STRONG, WORDS_WIDTH } from './theme.ts';

export interface Panel {
  readonly curve: Curve;
  /** Lines below the name. */
  readonly words: readonly string[];
}

/** A panel with its place, in pixels from the left top of the sheet; `y` is where 100 % is. */
interface Placed extends Panel {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Lines of words that any panel of its row has. */
  readonly lines: number;
}

const KEY = 34;
/** Room for `100%` beside a panel, and for hours below it. */
const LEFT = 50;
const BELOW = 26;
const LINE = 17;
const GAP = 22;

export function loadSpec(
  panels: readonly Panel[],
  heading: Heading,
): NonNullable<ChartPlan['spec']> {
  const placed = placedPanels(panels);
  const bottoms = placed.map(({ y, height }) => y + height + BELOW);
  return sheetOf({ heading, left: 0, right: 0, height: Math.max(...bottoms) }, [
    ...keyLayers(keyOf(panels), { x: 0, y: 8 }),
    paidLayer(placed),
    usedLayer(placed),
    linesLayer(placed),
    labelsLayer(placed.map(nameOf), { lettering: STRONG }),
    labelsLayer(placed.flatMap(wordsOf), { lettering: SMALL }),
    labelsLayer(placed.flatMap(sharesOf), { lettering: SMALL, align: 'right' }),
    labelsLayer(placed.flatMap(hoursOf), { lettering: SMALL, align: 'center' }),
  ]);
}

function keyOf(panels: readonly Panel[]): KeyItem[] {
  const overflows = panels.some(({ curve }) => overflowHoursOf(curve) > 0);
  return [
    { words: 'Used', fill: COLORS.good },
    ...(overflows ? [{ words: 'Overflow', fill: COLORS.waste }] : []),
    { words: 'Paid for, not used', fill: COLORS.paid },
  ];
}

function overflowHoursOf({ kept, shares }: Curve): number {
  return kept?.overflowHours ?? shares.filter((share) => share > 1).length;
}

/** One takes the whole width; more stand two by two. */
function placedPanels(panels: readonly Panel[]): Placed[] {
  const isAlone = panels.length === 1;
  const width = isAlone ? WORDS_WIDTH - LEFT : (WORDS_WIDTH - 2 * LEFT - 4) / 2;
  const height = isAlone ? 180 : 96;
  let top = KEY;
  return Array.from({ length: Math.ceil(panels.length / 2) }, (_, row) => {
    const inRow = panels.slice(2 * row, 2 * row + 2);
    const lines = Math.max(...inRow.map(({ words }) => words.length));
    const highest = Math.max(1, ...inRow.map(({ curve }) => highestOf(curve)));
    const y = top + (lines + 1) * LINE + 8 + (highest - 1) * height;
    top = y + height + BELOW + GAP;
    return inRow.map((panel, column) => {
      const x = LEFT + column * (LEFT + width + 4);
      return { ...panel, x, y, width, height, lines };
    });
  }).flat();
}

/** Above 1 where hours, or what the plan keeps, are above what is paid for: at most drawn to 1.5. */
function highestOf({ shares, kept }: Curve): number {
  return Math.min(1.5, Math.max(shares[0] ?? 0, kept?.share ?? 0));
}

/** More points than a panel has pixels would only cost time. */
const MOST_POINTS = 240;

/** What was paid for: the gray behind the blue is rent that bought nothing. */
function paidLayer(placed: readonly Placed[]): Drawn {
  const rects = placed.map(({ x, y, width, height }) => {
    return { x, x2: x + width, y, y2: y + height, fill: COLORS.paid };
  });
  return {
    data: { values: rects },
    mark: { type: 'rect' },
    encoding: { ...pixels('x', 'y'), x2: { field: 'x2' }, y2: { field: 'y2' }, fill: FILL },
  };
}

function usedLayer(placed: readonly Placed[]): Drawn {
  return {
    data: { values: placed.flatMap((panel, index) => areasOf(panel, index)) },
    mark: { type: 'area', interpolate: 'step-after' },
    encoding: {
      ...pixels('x', 'y'),
      y2: { field: 'y2' },
      fill: FILL,
      detail: { field: 'panel', type: 'nominal' },
    },
  };
}

interface Step {
  readonly panel: number;
  readonly x: number;
  readonly y: number;
  readonly y2: number;
  readonly fill: string;
}

/** Blue up to the line, vermilion above it. */
function areasOf(panel: Placed, index: number): Step[] {
  const { shares, kept } = panel.curve;
  const line = kept?.share ?? 1;
  const points = sampled(shares);
  const held = points.map(({ hour, share }) => ({ hour, from: 0, to: Math.min(share, line) }));
  const over = points.filter(({ share }) => share > line).length;
  // One point more than there is overflow: there its last step ends.
  const upTo = over === 0 ? 0 : over + 1;
  const above = points
    .slice(0, upTo)
    .map(({ hour, share }) => ({ hour, from: line, to: Math.max(share, line) }));
  const stepAt = ({ hour, from, to }: (typeof held)[number], fill: string): Step => {
    const x = panel.x + (hour / shares.length) * panel.width;
    return { panel: index, x, y: heightAt(panel, to), y2: heightAt(panel, from), fill };
  };
  return [
    ...held.map((step) => stepAt(step, COLORS.good)),
    ...above.map((step) => stepAt(step, COLORS.waste)),
  ];
}

/** Hours from the busiest on, at most {@link MOST_POINTS}, and the end of the last one. */
function sampled(shares: readonly number[]): { hour: number; share: number }[] {
  const stride = Math.max(1, Math.ceil(shares.length / MOST_POINTS));
  const points = shares.flatMap((share, hour) => (hour % stride === 0 ? [{ hour, share }] : []));
  return [...points, { hour: shares.length, share: shares.at(-1) ?? 0 }];
}

function heightAt({ y, height }: Placed, share: number): number {
  return y + height * (1 - Math.min(share, 1.5));
}

/** Dashed where capacity ends; solid where the plan's does. */
function linesLayer(placed: readonly Placed[]): Drawn {
  const lines = placed.flatMap((panel) => {
    const ends = { x: panel.x, x2: panel.x + panel.width };
    const { kept } = panel.curve;
    const full = { ...ends, y: panel.y, dash: [5, 4] };
    if (kept === undefined) return [full];
    return [full, { ...ends, y: heightAt(panel, kept.share), dash: [1, 0] }];
  });
  return {
    data: { values: lines },
    mark: { type: 'rule', color: COLORS.ink, strokeWidth: 1.5 },
    encoding: {
      ...pixels('x', 'y'),
      x2: { field: 'x2' },
      strokeDash: { field: 'dash', type: 'nominal', scale: null },
    },
  };
}

function nameOf(panel: Placed): Label {
  const words = fitted(writable(shownName(panel.curve.deployment)), panel.width, STRONG);
  return { x: panel.x, y: topOf(panel), words };
}

/** The middle of a panel's first line of words. */
function topOf({ y, height, lines, curve }: Placed): number {
  return y - (Math.max(1, highestOf(curve)) - 1) * height - 8 - (lines + 1) * LINE + LINE / 2;
}

function wordsOf(panel: Placed): Label[] {
  return panel.words.map((words, line) => ({
    x: panel.x,
    y: topOf(panel) + (line + 1) * LINE,
    words: fitted(words, panel.width, SMALL),
    fill: COLORS.muted,
  }));
}

function sharesOf(panel: Placed): Label[] {
  return [0, 50, 100].map((share) => ({
    x: panel.x - 8,
    y: heightAt(panel, share / 100),
    words: percent(exact(BigInt(share), 100n)),
    fill: COLORS.muted,
  }));
}

/** Round numbers of hours, as many as have room; the last one does not reach out of the panel. */
function hoursOf({ curve, x, y, width, height }: Placed): Label[] {
  const hours = curve.shares.length;
  const { ticks } = scaleOf([hours], width > 300 ? 6 : 3);
  const shown = ticks.filter((tick) => tick <= hours && Number.isInteger(tick));
  return shown.map((tick) => {
    const words = tick === 0 ? '0' : `${wholeNumber(tick)} h`;
    const right = x + width - textWidth(SMALL, words) / 2;
    const at = Math.min(right, x + (tick / hours) * width);
    return { x: at, y: y + height + 14, words, fill: COLORS.muted };
  });
}
