/** Draws a panel's hours: used, overflow and paid capacity. */

import { exact } from '../../domain/exact.ts';
import { counted, percent, wholeNumber } from '../format.ts';
import { shownName } from '../label.ts';
import { heightAt, type PlacedPanel } from './loadPanels.ts';
import type { Rect } from './marks.ts';
import { type VegaPart, FILL, pixels } from './layer.ts';
import { COLORS } from './theme.ts';
import type { Reader } from '../locale.ts';

/** Maximum number of points: about one per pixel of a panel. */
const MOST_POINTS = 240;

/** Paid capacity. The gray area behind the blue one is paid, but unused. */
export function paidRect({ x, y, width, height, curve }: PlacedPanel, reader: Reader): Rect {
  return { x, x2: x + width, y, y2: y + height, fill: COLORS.paid, says: loadText(curve, reader) };
}

function loadText({ deployment, shares }: PlacedPanel['curve'], reader: Reader): string {
  const at = (index: number) =>
    percent(exact(BigInt(Math.round((shares[index] ?? 0) * 1e6)), MILLION), reader);
  const empty = shares.filter((share) => share === 0).length;
  return [
    `${shownName(deployment)}: busiest hour ${at(0)}`,
    `median hour ${at(Math.floor(shares.length / 2))}`,
    `${counted(empty, 'hour', reader)} of ${wholeNumber(shares.length, reader)} without tokens`,
  ].join(', ');
}

const MILLION = 1_000_000n;

export function usedLayer(placed: readonly PlacedPanel[]): VegaPart {
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
export function linesLayer(placed: readonly PlacedPanel[]): VegaPart {
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
