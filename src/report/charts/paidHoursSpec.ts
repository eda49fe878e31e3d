/** Builds the spec of the paid-hours chart: a bar per deployment, as long as its GPU spend. */

import { toNumber } from '../../domain/exact.ts';
import { dollars, percent } from '../format.ts';
import type { ChartPlan } from './chart.ts';
import { fitChartText, fitChartName, fontTextWidth, replaceMissingGlyphs } from './fonts.ts';
import type { ChartHeading } from './heading.ts';
import {
  type Bar,
  legendAt,
  type Label,
  pixelOf,
  type Rect,
  toRect,
  withStyle,
  widest,
} from './marks.ts';
import { GPU_SPEND_PARTS, type PaidHours, type GpuSpendPart, partShare } from './rentParts.ts';
import { type Scale, niceScale } from './scale.ts';
import { plotWidth, type Sheet, buildSheet } from './sheet.ts';
import { COLORS, LABEL, STRONG, WORDS_WIDTH } from './theme.ts';
import type { Reader } from '../locale.ts';

const STYLES: Readonly<Record<GpuSpendPart, { words: string; fill: string; ink: string }>> = {
  full: { words: 'Full', fill: COLORS.good, ink: COLORS.white },
  underfilled: { words: 'Under-filled', fill: COLORS.middling, ink: COLORS.ink },
  idle: { words: 'Idle', fill: COLORS.waste, ink: COLORS.white },
  unknown: { words: 'Unknown', fill: COLORS.unknown, ink: COLORS.ink },
};

const ROW = 32;
const BAR = 22;
/** Space above the first bar, for the legend. */
const KEY = 30;
const MOST_NAME = 170;

export interface PaidHoursRows {
  readonly rows: readonly PaidHours[];
  /**
   * Text below the bars for the remaining deployments. A bar for all of them would dwarf the
   * others.
   */
  readonly foot: readonly string[];
}

export function paidHoursSpec(
  { rows, foot }: PaidHoursRows,
  heading: ChartHeading,
  reader: Reader,
): NonNullable<ChartPlan['spec']> {
  const names = rows.map(({ name }) => fitChartName(replaceMissingGlyphs(name), MOST_NAME, LABEL));
  const rents = rows.map(({ rent }) => dollars(rent, reader));
  const sheet: Sheet = {
    heading,
    left: widest(names, LABEL) + 14,
    right: widest(rents, STRONG) + 8,
    height: KEY + (rows.length + foot.length) * ROW,
  };
  const scale = { ...niceScale([]), domain: [0, Math.max(...rows.map(lengthOf))] } as const;
  const width = plotWidth(sheet);
  const pieces = rows.flatMap((row, index) =>
    piecesOf(row, index, reader).map((piece) => toRect(piece, scale, width)),
  );
  const seen = scale.domain[1] / width;
  const shown = GPU_SPEND_PARTS.filter((part) =>
    rows.some(({ parts }) => toNumber(parts[part]) >= seen),
  );
  const key = legendAt(
    { x: -sheet.left, y: 8 },
    shown.map((part) => STYLES[part]),
  );
  return buildSheet(sheet, {
    rects: [...key.rects, ...pieces],
    labels: [
      ...key.labels,
      ...names.map((words, index) => ({ x: -sheet.left, y: middleOf(index), words })),
      ...withStyle(pieces.flatMap(shareLabel), { align: 'center' }),
      ...withStyle(spendLabels(rows, scale, width, reader), { lettering: STRONG }),
      ...foot.map((words, at) => footLabel(words, rows.length + at, -sheet.left)),
    ],
  });
}

interface Piece extends Bar {
  readonly share: string;
  readonly ink: string;
}

/** Stacks the parts from zero to the GPU spend. */
function piecesOf(row: PaidHours, index: number, reader: Reader): Piece[] {
  let to = 0;
  return GPU_SPEND_PARTS.filter((part) => row.parts[part].num > 0n).map((part) => {
    const from = to;
    to += toNumber(row.parts[part]);
    const y = middleOf(index) - BAR / 2;
    const { fill, ink, words } = STYLES[part];
    const share = percent(partShare(row, part), reader);
    const paid = `${dollars(row.parts[part], reader)}, ${share} of ${dollars(row.rent, reader)}`;
    const says = `${row.name}, ${words.toLowerCase()}: ${paid}`;
    return { from, to, y, y2: y + BAR, fill, ink, share, says };
  });
}

/** The share's label, if it fits its piece. */
function shareLabel({ x, x2, y, share, ink }: Piece & Rect): Label[] {
  if (x2 - x < fontTextWidth(LABEL, share) + 8) return [];
  return [{ x: (x + x2) / 2, y: y + BAR / 2, words: share, fill: ink }];
}

function spendLabels(
  rows: readonly PaidHours[],
  scale: Scale,
  width: number,
  reader: Reader,
): Label[] {
  return rows.map((row, index) => ({
    x: pixelOf(lengthOf(row), scale, width) + 8,
    y: middleOf(index),
    words: dollars(row.rent, reader),
  }));
}

function footLabel(words: string, index: number, x: number): Label {
  const fill = COLORS.muted;
  return { x, y: middleOf(index), words: fitChartText(words, WORDS_WIDTH, LABEL), fill };
}

function lengthOf({ rent }: PaidHours): number {
  return toNumber(rent);
}

function middleOf(index: number): number {
  return KEY + index * ROW + ROW / 2;
}
