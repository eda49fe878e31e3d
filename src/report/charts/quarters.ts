/** Plans the quarters chart: the stack's cost by quarter, and the saving of the best plan. */

import { compare, type Exact, subtract, toNumber } from '../../domain/exact.ts';
import { chartNames, type ChartPlan } from './chart.ts';
import type { Reader } from '../locale.ts';
import { fontTextWidth } from './fonts.ts';
import {
  buildSheet,
  type ChartHeading,
  type Label,
  legendAt,
  type LegendItem,
  type Rect,
  withStyle,
} from './sheet.ts';
import { COLORS, LABEL, SMALL, STRONG, WORDS_WIDTH } from './theme.ts';
import type { AuditReading } from '../sections/auditReading.ts';
import { dollars, orUnknown } from '../format.ts';

const NAMES = chartNames('quarters');

export function planQuartersChart(
  audit: AuditReading,
  history: readonly AuditReading[],
  reader: Reader,
): ChartPlan {
  const quarters = computeQuarterTrend(audit, history);
  if (quarters.length === 0) {
    const title = nothingText(audit);
    return { ...NAMES, title, alt: `${title}.` };
  }
  const title = titleOf(quarters, reader);
  const subtitle = [SUBTITLE];
  const alt =
    `${title}. ${subtitle.join(' ')} ` +
    `${quarters.map((each) => inWords(each, reader)).join('; ')}.`;
  return { ...NAMES, title, alt, spec: quartersSpec(quarters, { title, subtitle }, reader) };
}

function nothingText({ quarter }: AuditReading): string {
  return quarter === null
    ? 'A period chosen by hand has no trend of quarters'
    : 'Trends appear from the second audited quarter on';
}

const SUBTITLE =
  'Cost of keeping all by quarter, with engineering time. The top part is what the best plan ' +
  'saves.';

/** Compares this quarter with the latest earlier one that has a known saving. */
function titleOf(quarters: readonly QuarterCost[], reader: Reader): string {
  const now = quarters.at(-1);
  const before = quarters.slice(0, -1).findLast(({ saving }) => saving !== undefined);
  if (now?.saving === undefined) return 'The saving of a change is unknown in this quarter';
  if (now.saving.num <= 0n) return nothingToSave(before, reader);
  if (before?.saving === undefined) {
    const saving = `A change would save ${dollars(now.saving, reader)} a quarter`;
    return `${saving}, and the earlier saving is unknown`;
  }
  const change = `${moved(before.saving, now.saving, reader)} in ${onOneLine(before.name)}`;
  return `A change would save ${dollars(now.saving, reader)} a quarter, ${change}`;
}

function nothingToSave(before: QuarterCost | undefined, reader: Reader): string {
  if (before?.saving === undefined) return 'No change would save anything in this quarter';
  const name = onOneLine(before.name);
  if (before.saving.num <= 0n) return `No change would save anything, as in ${name}`;
  const earlier = `one would have saved ${dollars(before.saving, reader)} in ${name}`;
  return `No change would save anything, but ${earlier}`;
}

/** `down from $24,000`. Amounts that print alike count as the same. */
function moved(before: Exact, now: Exact, reader: Reader): string {
  if (dollars(before, reader) === dollars(now, reader)) return 'the same as';
  return `${compare(now, before) > 0 ? 'up' : 'down'} from ${dollars(before, reader)}`;
}

/** Keeps the text on one line. */
function onOneLine(text: string): string {
  return text.replaceAll(' ', '\u00a0');
}

/** `Q3 2026: $79,034, saving $19,309`. */
function inWords({ name, keep, saving }: QuarterCost, reader: Reader): string {
  if (keep === undefined) return `${name}: not audited`;
  return `${name}: ${dollars(keep, reader)}, saving ${orUnknown(dollars, saving, reader)}`;
}

/** Space for the legend, and for two lines of figures above the highest column. */
const TOP = 78;
const COLUMNS = 180;
const BELOW = 26;
const MOST_WIDE = 76;

function quartersSpec(
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
  return { x: middle, y: TOP + COLUMNS + 16, text: name, fill: COLORS.muted };
}

function keyOf(quarters: readonly QuarterCost[]): LegendItem[] {
  const isUnknown = quarters.some(({ keep, saving }) => keep && saving === undefined);
  return [
    { text: 'Saved by the best plan', fill: COLORS.waste },
    { text: 'Cost of the best plan', fill: COLORS.good },
    ...(isUnknown ? [{ text: 'Saving unknown', fill: COLORS.unknown }] : []),
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
    return { x: middle, y: TOP + COLUMNS - 12, text: NOT_AUDITED, fill: COLORS.muted };
  }
  return { x: middle, y: top - 28, text: orUnknown(dollars, saving, reader) };
}

function costLabel({ keep, middle, top }: Column, reader: Reader): Label[] {
  if (keep === undefined) return [];
  return [{ x: middle, y: top - 11, text: `of ${dollars(keep, reader)}`, fill: COLORS.muted }];
}

export interface QuarterCost {
  /** `Q3 2026`. */
  readonly name: string;
  /**
   * Cost of keeping everything, engineering time included. Absent if the quarter was not audited.
   */
  readonly keep?: Exact;
  /** What the best plan would have saved. Absent if unknown. */
  readonly saving?: Exact;
}

/** Maximum number of quarters whose figures fit. */
const MOST_QUARTERS = 6;

/**
 * The newest quarters in order, including unaudited quarters in between. The newest audit of each
 * quarter counts. Empty for a window given by hand, and for a first quarter.
 */
export function computeQuarterTrend(
  audit: AuditReading,
  history: readonly AuditReading[],
): QuarterCost[] {
  const now = numberOf(audit);
  if (now === undefined) return [];
  const byNumber = new Map<number, AuditReading>();
  for (const each of history.toSorted((a, b) => Date.parse(a.asOf) - Date.parse(b.asOf))) {
    const number = numberOf(each);
    if (number !== undefined && number < now) byNumber.set(number, each);
  }
  byNumber.set(now, audit);
  const first = Math.max(Math.min(...byNumber.keys()), now - MOST_QUARTERS + 1);
  const count = now - first + 1;
  if (count < 2) return [];
  return Array.from({ length: count }, (_, at) => costOf(first + at, byNumber.get(first + at)));
}

/** Consecutive number of a quarter: year * 4 + quarter - 1. */
function numberOf({ quarter }: AuditReading): number | undefined {
  const match = /^(\d{4})-Q([1-4])$/.exec(quarter ?? '');
  return match === null ? undefined : Number(match[1]) * 4 + Number(match[2]) - 1;
}

function costOf(number: number, audit: AuditReading | undefined): QuarterCost {
  if (audit === undefined) return { name: `Q${(number % 4) + 1} ${Math.floor(number / 4)}` };
  const [keep, saving] = [audit.stack.keepUsd, audit.stack.savingUsd.base];
  return {
    name: audit.periodName,
    ...(keep === undefined ? {} : { keep }),
    ...(saving === undefined ? {} : { saving }),
  };
}
