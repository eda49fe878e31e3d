/** Builds the spec of the quarters chart: a column per quarter, with the saving on top. */

import { subtract, toNumber } from '../../domain/exact.ts';
import { dollars, UNKNOWN } from '../format.ts';
import type { ChartPlan } from './chart.ts';
import { fontTextWidth } from './fonts.ts';
import type { ChartHeading } from './heading.ts';
import { legendAt, type LegendItem, type Label, type Rect, withStyle } from './marks.ts';
import type { QuarterCost } from './quarterTrend.ts';
import { buildSheet } from './sheet.ts';
import { COLORS, LABEL, SMALL, STRONG, WORDS_WIDTH } from './theme.ts';
import type { Reader } from '../locale.ts';

/** Space for the legend, and for two lines of figures above the highest column. */
const TOP = 78;
const COLUMNS = 180;
const BELOW = 26;
const MOST_WIDE = 76;

export function quartersSpec(
  all: readonly QuarterCost[],
  heading: ChartHeading,
  reader: Reader,
): NonNullable<ChartPlan['spec']> {
  const quarters = all.slice(-roomFor(all, reader));
  const placed = placedColumns(quarters);
  const key = legendAt({ x: 0, y: 8 }, keyOf(quarters));
  const align = 'center' as const;
  return buildSheet(
    { heading, left: 0, right: 0, height: TOP + COLUMNS + BELOW },
    {
      rects: [...key.rects, ...placed.flatMap((each) => rectsOf(each, reader))],
      labels: [
        ...key.labels,
        ...withStyle(
          placed.map((each) => savingLabel(each, reader)),
          { align, lettering: STRONG },
        ),
        ...withStyle(
          placed.flatMap((each) => costLabel(each, reader)),
          { align, lettering: SMALL },
        ),
        ...withStyle(placed.map(footLabel), { align }),
      ],
    },
  );
}

/** Number of newest quarters whose figures fit: at least two. */
function roomFor(quarters: readonly QuarterCost[], reader: Reader): number {
  const widths = quarters.flatMap(({ name, keep, saving }) => [
    fontTextWidth(LABEL, name),
    fontTextWidth(STRONG, saving === undefined ? NOT_AUDITED : dollars(saving, reader)),
    fontTextWidth(SMALL, keep === undefined ? '' : `of ${dollars(keep, reader)}`),
  ]);
  return Math.max(2, Math.floor(WORDS_WIDTH / (Math.max(...widths) + 8)));
}

const NOT_AUDITED = 'not audited';

function footLabel({ middle, name }: Column): Label {
  return { x: middle, y: TOP + COLUMNS + 16, words: name, fill: COLORS.muted };
}

function keyOf(quarters: readonly QuarterCost[]): LegendItem[] {
  const isUnknown = quarters.some(({ keep, saving }) => keep && saving === undefined);
  return [
    { words: 'Saved by the best plan', fill: COLORS.waste },
    { words: 'Cost of the best plan', fill: COLORS.good },
    ...(isUnknown ? [{ words: 'Saving unknown', fill: COLORS.unknown }] : []),
  ];
}

interface Column extends QuarterCost {
  readonly middle: number;
  readonly width: number;
  /** Tops of the column and of the plan's cost, in pixels of the sheet. */
  readonly top: number;
  readonly planTop: number;
}

function placedColumns(quarters: readonly QuarterCost[]): Column[] {
  const slot = WORDS_WIDTH / quarters.length;
  const costs = quarters.map(({ keep }) => (keep === undefined ? 0 : Math.max(0, toNumber(keep))));
  const highest = Math.max(...costs) || 1;
  return quarters.map((quarter, index) => {
    const cost = costs[index] ?? 0;
    const saving = quarter.saving === undefined ? 0 : toNumber(quarter.saving);
    const avoidable = Math.min(cost, Math.max(0, saving));
    const heightOf = (usd: number) => TOP + COLUMNS * (1 - usd / highest);
    return {
      ...quarter,
      middle: slot * (index + 0.5),
      width: Math.min(MOST_WIDE, slot * 0.6),
      top: heightOf(cost),
      planTop: heightOf(cost - avoidable),
    };
  });
}

function rectsOf(
  { name, keep, saving, middle, width, top, planTop }: Column,
  reader: Reader,
): Rect[] {
  if (keep === undefined) return [];
  const sides = { x: middle - width / 2, x2: middle + width / 2 };
  const fill = saving === undefined ? COLORS.unknown : COLORS.good;
  const cost = `${name}: keeping all costs ${dollars(keep, reader)}`;
  if (saving === undefined) {
    const says = `${cost}, the saving is unknown`;
    return [{ ...sides, y: top, y2: TOP + COLUMNS, fill, says }];
  }
  const [saved, plan] = [dollars(saving, reader), dollars(subtract(keep, saving), reader)];
  return [
    { ...sides, y: top, y2: planTop, fill: COLORS.waste, says: `${cost}, saving ${saved}` },
    { ...sides, y: planTop, y2: TOP + COLUMNS, fill, says: `${name}: the plan costs ${plan}` },
  ];
}

/** The saving, by which quarters are compared. */
function savingLabel({ keep, saving, middle, top }: Column, reader: Reader): Label {
  if (keep === undefined) {
    return { x: middle, y: TOP + COLUMNS - 12, words: NOT_AUDITED, fill: COLORS.muted };
  }
  const words = saving === undefined ? UNKNOWN : dollars(saving, reader);
  return { x: middle, y: top - 28, words };
}

function costLabel({ keep, middle, top }: Column, reader: Reader): Label[] {
  if (keep === undefined) return [];
  return [{ x: middle, y: top - 11, words: `of ${dollars(keep, reader)}`, fill: COLORS.muted }];
}
