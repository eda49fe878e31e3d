/** Plans the options chart: cost and range of each option for the whole stack. */

import {
  add,
  compare,
  type Exact,
  isZero,
  negate,
  subtract,
  toNumber,
  ZERO,
} from '../../domain/exact.ts';
import { type AuditReading, isOpen } from '../sections/auditReading.ts';
import type { AnyOption } from '../sections/deploymentReading.ts';
import { capital } from '../displayText.ts';
import { dollars } from '../format.ts';
import { chartNames, type ChartPlan } from './chart.ts';
import type { Reader } from '../locale.ts';
import { fitChartText } from './fonts.ts';
import {
  buildSheet,
  type ChartHeading,
  plotWidth,
  type Sheet,
  type Bar,
  pixelOf,
  toRect,
  widest,
  rowLabels,
  rowMiddle,
  type Line,
  DASHED,
  SOLID,
} from './sheet.ts';
import { niceScale, type Scale } from './scale.ts';
import { COLORS, SMALL, STRONG } from './theme.ts';
import { planName, stackOptionName } from '../sections/totalCost.ts';

const NAMES = chartNames('options');

export function planOptionsChart(audit: AuditReading, reader: Reader): ChartPlan {
  const ways = listStackOptions(audit);
  const [cheapest] = ways;
  if (cheapest === undefined) {
    const title = 'No other option has a known cost to compare with keeping';
    return { ...NAMES, title, alt: `${title}.` };
  }
  const title = titleOf(audit, ways, reader);
  const bars = ways.map((way) => ({
    way,
    saving: way.isKeep ? '' : savingText(way.saving, reader),
  }));
  const intervals = ways.some(({ interval }) => interval !== undefined);
  const subtitle = [
    `Cost of the whole stack ${audit.perPeriod}, with engineering time.`,
    ...(intervals ? [`Lines: ${reader.percent('90')} ranges. Dashed: keeping.`] : []),
  ];
  const rows = ways.map((each) => inWords(each, reader)).join('; ');
  const alt = `${title}. ${subtitle.join(' ')} ${rows}.`;
  return { ...NAMES, title, alt, spec: optionsSpec(bars, { title, subtitle }, reader) };
}

function titleOf(audit: AuditReading, ways: readonly StackOption[], reader: Reader): string {
  const { situation } = audit;
  const plan = ways.find(({ isPlan }) => isPlan);
  const isKept = plan === undefined || plan.isKeep;
  const finding = isKept ? keepText(ways, reader) : planText(plan, audit.isPlanMade, reader);
  if (situation === 'no evidence') return `Not enough evidence to choose: ${finding}`;
  return isOpen(situation) ? `${capital(audit.stack.verdict)}: ${finding}` : capital(finding);
}

function planText({ cost, saving }: StackOption, isMade: boolean, reader: Reader): string {
  const plan = isMade ? 'the plan costs' : 'the best plan would cost';
  return `${plan} ${dollars(cost, reader)}, ${against(saving, reader)} keeping`;
}

/** Keeping, compared with the cheapest change. */
function keepText(ways: readonly StackOption[], reader: Reader): string {
  const keep = ways.find(({ isKeep }) => isKeep);
  const other = ways.find(({ isKeep }) => !isKeep);
  if (keep === undefined) return 'the cost of keeping is unknown';
  const cost = `keeping costs ${dollars(keep.cost, reader)}`;
  if (other === undefined) return cost;
  const name = other.name.toLowerCase();
  const change = `the cheapest change (${name}) costs ${more(other.saving, reader)}`;
  return `${cost}, and ${change}`;
}

/** `$19,309 less than`, `as much as`. */
function against(saving: Exact, reader: Reader): string {
  return isZero(saving) ? 'as much as' : `${more(saving, reader)} than`;
}

function more(saving: Exact, reader: Reader): string {
  if (isZero(saving)) return 'as much';
  return saving.num > 0n
    ? `${dollars(saving, reader)} less`
    : `${dollars(negate(saving), reader)} more`;
}

/** `Hybrid for all $66,430 ($65,913 to $69,202), saves $12,603`. */
function inWords({ name, cost, interval, saving, isKeep }: StackOption, reader: Reader): string {
  const ends =
    interval === undefined
      ? ''
      : ` (${interval.map((each) => dollars(each, reader)).join(' to ')})`;
  const saved = isKeep ? '' : `, ${savingText(saving, reader)}`;
  return `${name} ${dollars(cost, reader)}${ends}${saved}`;
}

/** `saves $12,603`, `costs $9,846 more`, `saves nothing`. */
function savingText(saving: Exact, reader: Reader): string {
  if (isZero(saving)) return 'saves nothing';
  return saving.num > 0n ? `saves ${dollars(saving, reader)}` : `costs ${more(saving, reader)}`;
}

export interface OptionBar {
  readonly way: StackOption;
  /** Text beside the cost: `saves $12,603`. */
  readonly saving: string;
}

const ROWS = { height: 32 } as const;
const BAR = 20;
const MOST_NAME = 170;
const GAP = 14;

function optionsSpec(
  rows: readonly OptionBar[],
  heading: ChartHeading,
  reader: Reader,
): NonNullable<ChartPlan['spec']> {
  const costs = rows.map(({ way }) => dollars(way.cost, reader));
  const savings = rows.map(({ saving }) => saving);
  const [costWidth, savingWidth] = [widest(costs, STRONG), widest(savings, SMALL)];
  const names = rows.map(({ way }) => fitChartText(way.name, MOST_NAME, STRONG));
  const left = widest(names, STRONG) + GAP;
  const right = costWidth + savingWidth + 2 * GAP;
  const sheet: Sheet = { heading, left, right, height: rows.length * ROWS.height };
  const width = plotWidth(sheet);
  const scale = niceScale(rows.flatMap(reachOf));
  const named = rowLabels(names, -left, ROWS).map((label, index) =>
    rows[index]?.way.isPlan === true ? { ...label, lettering: STRONG } : label,
  );
  const beside = width + GAP + costWidth;
  return buildSheet(sheet, {
    rects: rows
      .map((row, index) => barOf(row, index, reader))
      .map((bar) => toRect(bar, scale, width)),
    lines: [...keepLine(rows, scale, sheet), ...whiskers(rows, scale, width)],
    labels: [
      ...named,
      ...rowLabels(costs, beside, ROWS, { lettering: STRONG, align: 'right' }),
      ...rowLabels(savings, beside + GAP, ROWS, { lettering: SMALL, fill: COLORS.muted }),
    ],
  });
}

function reachOf({ way }: OptionBar): number[] {
  return [way.cost, ...(way.interval ?? [])].map(toNumber);
}

/** The plan is highlighted. */
function barOf({ way, saving }: OptionBar, index: number, reader: Reader): Bar {
  const fill = way.isPlan ? COLORS.good : COLORS.unknown;
  const y = rowMiddle(index, ROWS) - BAR / 2;
  const range = way.interval?.map((each) => dollars(each, reader)).join(' to ');
  const says = [
    `${way.name}: ${dollars(way.cost, reader)}`,
    ...(range === undefined ? [] : [`90% range ${range}`]),
    ...(saving === '' ? [] : [saving]),
  ].join(', ');
  return { from: 0, to: toNumber(way.cost), y, y2: y + BAR, fill, says };
}

/** A dashed line at the cost of keeping. Bars that end left of it save money. */
function keepLine(rows: readonly OptionBar[], scale: Scale, sheet: Sheet): Line[] {
  const keep = rows.find(({ way }) => way.isKeep);
  if (keep === undefined) return [];
  const x = pixelOf(toNumber(keep.way.cost), scale, plotWidth(sheet));
  return [{ x, x2: x, y: 0, y2: sheet.height, dash: DASHED }];
}

/** A line from end to end of each interval, with a short stroke across at both ends. */
function whiskers(rows: readonly OptionBar[], scale: Scale, width: number): Line[] {
  return rows.flatMap(({ way: { interval } }, index) => {
    if (interval === undefined) return [];
    const [x, x2] = interval.map((end) => pixelOf(toNumber(end), scale, width));
    if (x === undefined || x2 === undefined) return [];
    const y = rowMiddle(index, ROWS);
    const across = (at: number) => ({ x: at, x2: at, y: y - 5, y2: y + 5, dash: SOLID });
    return [{ x, x2, y, y2: y, dash: SOLID }, across(x), across(x2)];
  });
}

export interface StackOption {
  readonly name: string;
  readonly isPlan: boolean;
  readonly isKeep: boolean;
  readonly cost: Exact;
  /** Ends of the cost's 90% interval. Absent if there is none. */
  readonly interval?: readonly [low: Exact, high: Exact];
  /** Saving over keeping everything. */
  readonly saving: Exact;
}

/**
 * Cheapest first. A plan that equals another option is listed once. Spot is left out, because it is
 * never advised. Empty with fewer than two priced options.
 */
export function listStackOptions(audit: AuditReading): StackOption[] {
  const { stack, deployments } = audit;
  const [only] = deployments;
  const isSingle = only !== undefined && deployments.length === 1;
  const priced = stack.options.length > 1 || !isSingle ? stack.options : only.options;
  const planned = isSingle ? stack.bestPlan[0]?.option : plannedWhole(audit);
  const ways = priced.flatMap((each) =>
    wayOf(each, { planned, isSingle, isMade: audit.isPlanMade }),
  );
  if (ways.length < 2) return [];
  return ways.toSorted((a, b) => compare(a.cost, b.cost) || Number(b.isPlan) - Number(a.isPlan));
}

/** `keep` if the plan changes nothing, otherwise the plan itself. */
function plannedWhole({ stack }: AuditReading): AnyOption['option'] {
  return stack.bestPlan.every(({ option }) => option === 'keep') ? 'keep' : 'best plan';
}

interface Told {
  readonly planned: AnyOption['option'] | undefined;
  readonly isSingle: boolean;
  /** False if the best plan is known, but not advised. */
  readonly isMade: boolean;
}

function wayOf(priced: AnyOption, { planned, isSingle, isMade }: Told): StackOption[] {
  const { option, costUsd: cost, savingUsd: saving = ZERO } = priced;
  const isTwice = option === 'best plan' && planned !== 'best plan';
  if (option === 'spot' || isTwice || cost === undefined) return [];
  const isPlan = option === planned;
  const name = isSingle && option !== 'best plan' ? option : stackOptionName(option, isMade);
  const interval = intervalOf(priced, cost, saving);
  return [
    {
      name: capital(isPlan && option !== 'best plan' ? `${name} (${planName(isMade)})` : name),
      isPlan,
      isKeep: option === 'keep',
      cost,
      saving,
      ...(interval === undefined ? {} : { interval }),
    },
  ];
}

/** The cost's interval: the cost of keeping less each end of the saving. */
function intervalOf({ low, high }: AnyOption, cost: Exact, saving: Exact): StackOption['interval'] {
  if (low === undefined || high === undefined || compare(low, high) === 0) return undefined;
  const keepUsd = add(cost, saving);
  return [subtract(keepUsd, high), subtract(keepUsd, low)];
}
