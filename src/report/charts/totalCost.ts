/**
 * Plans the total-cost chart: the whole stack kept, changed as planned, and deleted, by cost part.
 */

import { type Exact, negate, toNumber } from '../../domain/exact.ts';
import { dollars } from '../format.ts';
import {
  type AuditReading,
  COST_PARTS,
  type StackCost,
  type CostPart,
} from '../sections/auditReading.ts';
import { COST_PART_NAMES } from '../sections/totalCost.ts';
import { type ChartPlan, chartNames } from './chart.ts';
import {
  buildSheet,
  type ChartHeading,
  plotWidth,
  type Sheet,
  type Bar,
  legendAt,
  pixelOf,
  toRect,
  widest,
  rowLabels,
  rowMiddle,
} from './sheet.ts';
import { closeScale } from './scale.ts';
import { COLORS, STRONG } from './theme.ts';
import type { Reader } from '../locale.ts';

const NAMES = chartNames('total-cost');

export function planTotalCostChart(audit: AuditReading, reader: Reader): ChartPlan {
  const ways = audit.stackCosts;
  const [keep] = ways;
  if (keep === undefined || ways.length < 2) {
    const title = 'No other option has a known cost, so there is nothing to compare';
    return { ...NAMES, title, alt: `${title}.` };
  }
  const title = titleOf(ways, keep, reader);
  const subtitle = [`Total cost of the whole stack ${audit.perPeriod}, by what it is spent on.`];
  return {
    ...NAMES,
    title,
    alt: altOf(audit, ways, keep, reader),
    spec: specOf(ways, { title, subtitle }, reader),
  };
}

/** Title in the picture. The page's headline and table state the same. */
function titleOf(ways: readonly StackCost[], keep: StackCost, reader: Reader): string {
  const plan = ways.find(({ kind }) => kind === 'plan');
  const shown = plan ?? ways.find((way) => way !== keep) ?? keep;
  const what = nounOf(shown);
  return `${what} ${costsText(shown, reader)}`;
}

/** `Delete all but chat` is `Deleting all but chat`. */
function nounOf({ kind, name }: StackCost): string {
  return kind === 'delete' ? name.replace('Delete', 'Deleting') : name;
}

function costsText({ cost, saving }: StackCost, reader: Reader): string {
  const costs = `costs ${dollars(cost, reader)}`;
  if (saving.num === 0n) return `${costs}, the same as keeping everything`;
  return `${costs}, ${differenceText(saving, reader)} than keeping everything`;
}

/** `$21,462 more`. */
function differenceText(saving: Exact, reader: Reader): string {
  return saving.num > 0n
    ? `${dollars(saving, reader)} less`
    : `${dollars(negate(saving), reader)} more`;
}

/** The one figure that neither headline nor table has. The appendix has all of them. */
function altOf(
  audit: AuditReading,
  ways: readonly StackCost[],
  keep: StackCost,
  reader: Reader,
): string {
  const other = ways.find(({ kind }) => kind === 'delete') ?? ways.find((way) => way !== keep);
  if (other === undefined) return '';
  const cost = `${dollars(other.cost, reader)} ${audit.perPeriod}`;
  const than = other.saving.num > 0n ? 'less' : 'more';
  const what = nounOf(other);
  if (other.saving.num === 0n) return `${what} would cost ${cost}, the same as today.`;
  return `${what} would cost ${cost}, ${than} than today.`;
}

const FILLS: Readonly<Record<CostPart, string>> = {
  gpu: COLORS.hosted,
  hosted: COLORS.middling,
  labor: COLORS.unknown,
  migration: COLORS.muted,
  unused: COLORS.waste,
};

const ROW = 44;
const BAR = 26;
const KEY_LINE = 26;
const KEY_ITEMS = 3;

function specOf(
  ways: readonly StackCost[],
  heading: ChartHeading,
  reader: Reader,
): NonNullable<ChartPlan['spec']> {
  const shown = COST_PARTS.filter((part) => ways.some(({ parts }) => parts[part].num !== 0n));
  const keyLines = Math.ceil(shown.length / KEY_ITEMS);
  const top = keyLines * KEY_LINE + 6;
  const names = ways.map(({ name }) => name);
  const totals = ways.map(({ cost }) => dollars(cost, reader));
  const sheet: Sheet = {
    heading,
    left: widest(names, STRONG) + 14,
    right: widest(totals, STRONG) + 10,
    height: top + ways.length * ROW,
  };
  const width = plotWidth(sheet);
  const rows = { height: ROW, top };
  const bars = ways.flatMap((way, index) => piecesOf(way, rowMiddle(index, rows), reader));
  // The longest bar fills the plot. Its total follows its end.
  const ends = bars.flatMap(({ from, to }) => [from, to]);
  const scale = closeScale(Math.min(0, ...ends), Math.max(0, ...ends));
  const keys = Array.from({ length: keyLines }, (_, line) =>
    legendAt(
      { x: -sheet.left, y: 8 + line * KEY_LINE },
      shown
        .slice(line * KEY_ITEMS, (line + 1) * KEY_ITEMS)
        .map((part) => ({ text: COST_PART_NAMES[part], fill: FILLS[part] })),
    ),
  );
  const endOf = (y: number) =>
    Math.max(0, ...bars.filter((bar) => bar.y === y - BAR / 2).map(({ to }) => to));
  return buildSheet(sheet, {
    rects: [...keys.flatMap(({ rects }) => rects), ...bars.map((bar) => toRect(bar, scale, width))],
    labels: [
      ...keys.flatMap(({ labels }) => labels),
      ...rowLabels(names, -sheet.left, rows, { lettering: STRONG }),
      ...rowLabels(totals, 8, rows, { lettering: STRONG }).map((label) => ({
        ...label,
        x: label.x + pixelOf(endOf(label.y), scale, width),
      })),
    ],
  });
}

/** Stacks the parts from zero. Negative parts, such as hosted spend that ends, go to the left. */
function piecesOf({ name, parts }: StackCost, y: number, reader: Reader): Bar[] {
  let [low, high] = [0, 0];
  return COST_PARTS.flatMap((part) => {
    const usd = toNumber(parts[part]);
    if (usd === 0) return [];
    const from = usd < 0 ? low : high;
    const to = from + usd;
    if (usd < 0) low = to;
    else high = to;
    const says = `${name}, ${COST_PART_NAMES[part]}: ${dollars(parts[part], reader)}`;
    const ends = usd < 0 ? { from: to, to: from } : { from, to };
    return [{ ...ends, y: y - BAR / 2, y2: y + BAR / 2, fill: FILLS[part], says }];
  });
}
