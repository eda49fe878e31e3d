/**
 * Plans the load chart: for the most expensive deployments, each hour's use of the paid capacity,
 * and what would overflow.
 */

import type { DetailReading } from '../sections/storedAmounts.ts';
import { percentOf, wholeText } from '../format.ts';
import { shownName } from '../displayText.ts';
import type { Reader } from '../locale.ts';
import { type ChartPlan, chartNames } from './chart.ts';
import {
  computeLoadCurves,
  hoursText,
  inWords,
  type LoadCurve,
  MOST_PANELS,
  panelWords,
  subtitleOf,
  titleOf,
} from './loadCurves.ts';
import { fitChartName, fitChartText, fontTextWidth, replaceMissingGlyphs } from './fonts.ts';
import {
  buildSheet,
  type ChartHeading,
  DASHED,
  type Label,
  legendAt,
  type LegendItem,
  type Line,
  type Rect,
  SOLID,
  withStyle,
} from './sheet.ts';
import { niceScale } from './scale.ts';
import { COLORS, FILL, pixels, SMALL, STRONG, type VegaPart, WORDS_WIDTH } from './theme.ts';
import type { AuditReading } from '../sections/auditReading.ts';

const NAMES = chartNames('load-duration');

export function planLoadChart(
  audit: AuditReading,
  detail: DetailReading,
  reader: Reader,
): ChartPlan {
  const loadCurves = computeLoadCurves({ audit, detail }, MOST_PANELS);
  if (loadCurves.curves.length === 0) {
    const title = 'No hour can be compared with capacity, because usage or capacity is unknown';
    return { ...NAMES, title, alt: `${title}.` };
  }
  const title = titleOf(loadCurves.curves, reader);
  const subtitle = subtitleOf(loadCurves, reader);
  const alt =
    `${title}. ${subtitle.join(' ')} ` +
    loadCurves.curves.map((each) => inWords(each, reader)).join(' ');
  const panels = loadCurves.curves.map((curve) => ({ curve, text: panelWords(curve, reader) }));
  return { ...NAMES, title, alt, spec: loadSpec(panels, { title, subtitle }, reader) };
}

function loadSpec(
  panels: readonly Panel[],
  heading: ChartHeading,
  reader: Reader,
): NonNullable<ChartPlan['spec']> {
  const placed = placedPanels(panels);
  const bottoms = placed.map(({ y, height }) => y + height + BELOW);
  const key = legendAt({ x: 0, y: 8 }, keyOf(panels));
  return buildSheet(
    { heading, left: 0, right: 0, height: Math.max(...bottoms) },
    {
      rects: [...key.rects, ...placed.map((each) => paidRect(each, reader))],
      layers: [usedLayer(placed)],
      lines: placed.flatMap(linesOf),
      labels: [
        ...key.labels,
        ...withStyle(placed.map(nameOf), { lettering: STRONG }),
        ...withStyle(placed.flatMap(panelLabels), { lettering: SMALL }),
        ...withStyle(
          placed.flatMap((each) => sharesOf(each, reader)),
          { lettering: SMALL, align: 'right' },
        ),
        ...withStyle(
          placed.flatMap((each) => hoursOf(each, reader)),
          { lettering: SMALL, align: 'center' },
        ),
      ],
    },
  );
}

function keyOf(panels: readonly Panel[]): LegendItem[] {
  const overflows = panels.some(({ curve }) => overflowHoursOf(curve) > 0);
  const isMeasured = panels.some(({ curve }) => curve.isMeasured);
  return [
    { text: 'Used', fill: COLORS.good },
    ...(overflows ? [{ text: 'Overflow', fill: COLORS.waste }] : []),
    { text: isMeasured ? 'Paid for, not used' : 'Up to the highest load', fill: COLORS.paid },
  ];
}

/** Overflow hours. Shares above an observed capacity are only rounding. */
function overflowHoursOf({ kept, shares, isMeasured }: LoadCurve): number {
  const above = isMeasured ? shares.filter((share) => share > 1).length : 0;
  return kept?.overflowHours ?? above;
}

function nameOf(panel: PlacedPanel): Label {
  const text = fitChartName(
    replaceMissingGlyphs(shownName(panel.curve.deployment)),
    panel.width,
    STRONG,
  );
  return { x: panel.x, y: panel.top, text };
}

function panelLabels(panel: PlacedPanel): Label[] {
  return panel.text.map((text, line) => ({
    x: panel.x,
    y: panel.top + (line + 1) * LINE,
    text: fitChartText(text, panel.width, SMALL),
    fill: COLORS.muted,
  }));
}

function sharesOf(panel: PlacedPanel, reader: Reader): Label[] {
  return [0, 50, 100].map((share) => ({
    x: panel.x - 8,
    y: heightAt(panel, share / 100),
    text: percentOf(share / 100, reader),
    fill: COLORS.muted,
  }));
}

/** Axis labels in round hours, as many as fit. The last one stays within the panel. */
function hoursOf({ curve, x, y, width, height }: PlacedPanel, reader: Reader): Label[] {
  const hours = curve.shares.length;
  const { ticks } = niceScale([hours], width > 300 ? 6 : 3);
  const shown = ticks.filter((tick) => tick <= hours && Number.isInteger(tick));
  return shown.map((tick) => {
    const text = tick === 0 ? '0' : `${wholeText(tick, reader)} h`;
    const right = x + width - fontTextWidth(SMALL, text) / 2;
    const at = Math.min(right, x + (tick / hours) * width);
    return { x: at, y: y + height + 14, text, fill: COLORS.muted };
  });
}

interface Panel {
  readonly curve: LoadCurve;
  /** Lines of text below the name. */
  readonly text: readonly string[];
}

/** A panel with its place, in pixels from the top left of the sheet. `y` is the height of 100%. */
interface PlacedPanel extends Panel {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Vertical middle of the first text line above the panel. */
  readonly top: number;
}

const KEY = 34;
/** Space for `100%` beside a panel, and for hours below it. */
const LEFT = 50;
const BELOW = 26;
const LINE = 17;
const GAP = 22;

/** A single panel takes the whole width. Several are placed in two columns. */
function placedPanels(panels: readonly Panel[]): PlacedPanel[] {
  const isAlone = panels.length === 1;
  const width = isAlone ? WORDS_WIDTH - LEFT : (WORDS_WIDTH - 2 * LEFT - 4) / 2;
  const height = isAlone ? 180 : 96;
  let bottom = KEY;
  return Array.from({ length: Math.ceil(panels.length / 2) }, (_, row) => {
    const inRow = panels.slice(2 * row, 2 * row + 2);
    const lines = Math.max(...inRow.map(({ text }) => text.length));
    const highest = Math.max(1, ...inRow.map(({ curve }) => highestOf(curve)));
    const y = bottom + (lines + 1) * LINE + 8 + (highest - 1) * height;
    const top = bottom + LINE / 2;
    bottom = y + height + BELOW + GAP;
    return inRow.map((panel, column) => {
      const x = LEFT + column * (LEFT + width + 4);
      return { ...panel, x, y, width, height, top };
    });
  }).flat();
}

/**
 * The highest share: above 1 if hours or the kept capacity exceed the paid capacity, at most 1.5.
 */
function highestOf({ shares, kept }: LoadCurve): number {
  return Math.min(1.5, Math.max(shares[0] ?? 0, kept?.share ?? 0));
}

/** Height of a share of the paid capacity, in pixels from the top of the sheet. */
function heightAt({ y, height }: PlacedPanel, share: number): number {
  return y + height * (1 - Math.min(share, 1.5));
}

/** Maximum number of points: about one per pixel of a panel. */
const MOST_POINTS = 240;

/** Paid capacity. The gray area behind the blue one is paid, but unused. */
function paidRect({ x, y, width, height, curve }: PlacedPanel, reader: Reader): Rect {
  const says = `${shownName(curve.deployment)}: ${hoursText(curve, reader)}`;
  return { x, x2: x + width, y, y2: y + height, fill: COLORS.paid, says };
}

function usedLayer(placed: readonly PlacedPanel[]): VegaPart {
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

/** Blue up to the kept or paid capacity, vermilion above it. */
function areasOf(panel: PlacedPanel, index: number): Step[] {
  const { shares, kept } = panel.curve;
  const line = kept?.share ?? 1;
  const points = sampled(shares);
  const held = points.map(({ hour, share }) => ({ hour, from: 0, to: Math.min(share, line) }));
  const over = points.filter(({ share }) => share > line).length;
  // One point more than there are overflow hours, where the last step ends.
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

/** Sampled hours, busiest first: at most {@link MOST_POINTS}, plus the end of the last one. */
function sampled(shares: readonly number[]): { hour: number; share: number }[] {
  const stride = Math.max(1, Math.ceil(shares.length / MOST_POINTS));
  const points = shares.flatMap((share, hour) => (hour % stride === 0 ? [{ hour, share }] : []));
  return [...points, { hour: shares.length, share: shares.at(-1) ?? 0 }];
}

/** A dashed line at the paid capacity, and a solid one at the kept capacity. */
function linesOf(panel: PlacedPanel): Line[] {
  const { x, width, y, curve } = panel;
  const lineAt = (height: number, dash: Line['dash']) => {
    return { x, x2: x + width, y: height, y2: height, dash };
  };
  const full = lineAt(y, DASHED);
  return curve.kept === undefined
    ? [full]
    : [full, lineAt(heightAt(panel, curve.kept.share), SOLID)];
}
