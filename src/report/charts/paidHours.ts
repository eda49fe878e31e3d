/** Plans the paid-hours chart: what each deployment's GPU spend paid for, in parts. */

import { divide, type Exact, isZero, subtract, sum, toNumber, ZERO } from '../../domain/exact.ts';
import type { AuditReading } from '../sections/auditReading.ts';
import type { DeploymentReading } from '../sections/deploymentReading.ts';
import { dollars, percent, shortNumber } from '../format.ts';
import { chartNames, type ChartPlan } from './chart.ts';
import type { Reader } from '../locale.ts';
import { fitChartName, fitChartText, fontTextWidth, replaceMissingGlyphs } from './fonts.ts';
import {
  buildSheet,
  type ChartHeading,
  plotWidth,
  type Sheet,
  type Bar,
  type Label,
  legendAt,
  pixelOf,
  type Rect,
  toRect,
  widest,
  withStyle,
  rowLabels,
  rowMiddle,
} from './sheet.ts';
import { niceScale, type Scale } from './scale.ts';
import { COLORS, LABEL, STRONG, WORDS_WIDTH } from './theme.ts';
import { shownName } from '../displayText.ts';

const NAMES = chartNames('paid-hours');

export function planPaidHoursChart(audit: AuditReading, reader: Reader): ChartPlan {
  const { rows, rest } = splitPaidHours(audit);
  const all = rest === undefined ? rows : [...rows, rest];
  const title = titleOf(audit, all, reader);
  if (title === undefined) {
    const nothing = 'Paid hours cannot be shown, because no usage is known for them';
    return { ...NAMES, title: nothing, alt: `${nothing}.` };
  }
  const subtitle = ['GPU spend by use of the paid hours, the most expensive deployment first.'];
  const lines = all.map((each) => inWords(each, reader)).join(' ');
  const alt = `${title}. ${subtitle.join(' ')} ${lines}`;
  const foot =
    rest === undefined
      ? []
      : [`${rest.name}: ${dollars(rest.rent, reader)}, ${partsText(rest, reader)}.`];
  return { ...NAMES, title, alt, spec: paidHoursSpec({ rows, foot }, { title, subtitle }, reader) };
}

/** Uses the figures of the page's utilization, so both agree. */
function titleOf(
  { gpuSpendUse: use }: AuditReading,
  rows: readonly PaidHours[],
  reader: Reader,
): string | undefined {
  if (use === undefined) return withoutCapacity(sum(rows.map(({ parts }) => parts.idle)), reader);
  const full = `${percent(use.utilization, reader)} of the GPU spend paid for tokens served`;
  const { underfilled, idle } = use;
  if (underfilled === undefined || idle === undefined) {
    return `${full}, and how much of the rest was idle is unknown`;
  }
  return (
    `${full}, ${dollars(underfilled, reader)} for ` +
    `under-filled and ${dollars(idle, reader)} for idle GPUs`
  );
}

function withoutCapacity(idle: Exact, reader: Reader): string | undefined {
  if (isZero(idle)) return undefined;
  const paid = `${dollars(idle, reader)} of GPU spend paid for idle hours`;
  return `${paid}, and the use of the other hours is unknown`;
}

const DID: Readonly<Record<GpuSpendPart, string>> = {
  full: 'full',
  underfilled: 'under-filled',
  idle: 'idle',
  unknown: 'unknown',
};

/** `chat-70b: $6.00 for 2,208 hours, 36% full, 18% under-filled, 46% idle.` */
function inWords(row: PaidHours, reader: Reader): string {
  const hours = `${shortNumber(row.hours, reader)} hours`;
  return `${row.name}: ${dollars(row.rent, reader)} for ${hours}, ${partsText(row, reader)}.`;
}

function partsText(row: PaidHours, reader: Reader): string {
  const parts = GPU_SPEND_PARTS.filter((part) => !isZero(row.parts[part])).map(
    (part) => `${percent(partShare(row, part), reader)} ${DID[part]}`,
  );
  return parts.join(', ');
}

const STYLES: Readonly<Record<GpuSpendPart, { text: string; fill: string; ink: string }>> = {
  full: { text: 'Full', fill: COLORS.good, ink: COLORS.white },
  underfilled: { text: 'Under-filled', fill: COLORS.middling, ink: COLORS.ink },
  idle: { text: 'Idle', fill: COLORS.waste, ink: COLORS.white },
  unknown: { text: 'Unknown', fill: COLORS.unknown, ink: COLORS.ink },
};

/** Space above the first bar is for the legend. */
const ROWS = { height: 32, top: 30 } as const;
const BAR = 22;
const MOST_NAME = 170;

export interface PaidHoursRows {
  readonly rows: readonly PaidHours[];
  /**
   * Text below the bars for the remaining deployments. A bar for all of them would dwarf the
   * others.
   */
  readonly foot: readonly string[];
}

function paidHoursSpec(
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
    height: ROWS.top + (rows.length + foot.length) * ROWS.height,
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
      ...rowLabels(names, -sheet.left, ROWS),
      ...withStyle(pieces.flatMap(shareLabel), { align: 'center' }),
      ...withStyle(spendLabels(rows, scale, width, reader), { lettering: STRONG }),
      ...foot.map((text, at) => footLabel(text, rows.length + at, -sheet.left)),
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
    const y = rowMiddle(index, ROWS) - BAR / 2;
    const { fill, ink, text } = STYLES[part];
    const share = percent(partShare(row, part), reader);
    const paid = `${dollars(row.parts[part], reader)}, ${share} of ${dollars(row.rent, reader)}`;
    const says = `${row.name}, ${text.toLowerCase()}: ${paid}`;
    return { from, to, y, y2: y + BAR, fill, ink, share, says };
  });
}

/** The share's label, if it fits its piece. */
function shareLabel({ x, x2, y, share, ink }: Piece & Rect): Label[] {
  if (x2 - x < fontTextWidth(LABEL, share) + 8) return [];
  return [{ x: (x + x2) / 2, y: y + BAR / 2, text: share, fill: ink }];
}

function spendLabels(
  rows: readonly PaidHours[],
  scale: Scale,
  width: number,
  reader: Reader,
): Label[] {
  return rows.map((row, index) => ({
    x: pixelOf(lengthOf(row), scale, width) + 8,
    y: rowMiddle(index, ROWS),
    text: dollars(row.rent, reader),
  }));
}

function footLabel(text: string, index: number, x: number): Label {
  const fill = COLORS.muted;
  return { x, y: rowMiddle(index, ROWS), text: fitChartText(text, WORDS_WIDTH, LABEL), fill };
}

function lengthOf({ rent }: PaidHours): number {
  return toNumber(rent);
}

export const GPU_SPEND_PARTS = ['full', 'underfilled', 'idle', 'unknown'] as const;

export type GpuSpendPart = (typeof GPU_SPEND_PARTS)[number];

/** Dollars by part. They sum to the GPU spend. */
export type GpuSpendParts = Readonly<Record<GpuSpendPart, Exact>>;

export interface PaidHours {
  readonly name: string;
  readonly rent: Exact;
  /** Paid replica-hours. */
  readonly hours: Exact;
  readonly parts: GpuSpendParts;
}

/** Maximum number of rows. The rest is one row. */
const MOST_ROWS = 9;

/** The most expensive deployments one by one, and the sum of the rest. */
export interface AllPaidHours {
  readonly rows: readonly PaidHours[];
  readonly rest?: PaidHours;
}

/**
 * Most expensive first. Worked number: $6.00 of GPU spend at a utilization of 0.361111 and a busy
 * fraction of 0.541667 are $2.166667 full, $1.083333 under-filled and $2.75 idle. Spend without
 * known usage is `unknown`.
 */
export function splitPaidHours(audit: AuditReading): AllPaidHours {
  const rows = audit.mostExpensiveFirst.map(rowOf).filter(({ rent }) => rent.num > 0n);
  if (rows.length <= MOST_ROWS + 1) return { rows };
  const rest = rows.slice(MOST_ROWS);
  return { rows: rows.slice(0, MOST_ROWS), rest: sumRows(`${rest.length} others`, rest) };
}

function rowOf({ id, spendUsd: rent, paidReplicaHours, ...use }: DeploymentReading): PaidHours {
  const {
    fullCapacityUsd: full = ZERO,
    underfilledUsd: underfilled = ZERO,
    idleUsd: idle = ZERO,
  } = use;
  return {
    name: shownName(id),
    rent,
    hours: paidReplicaHours,
    parts: { full, underfilled, idle, unknown: subtract(rent, sum([full, underfilled, idle])) },
  };
}

function sumRows(name: string, rows: readonly PaidHours[]): PaidHours {
  const of = (part: GpuSpendPart) => sum(rows.map(({ parts }) => parts[part]));
  return {
    name,
    rent: sum(rows.map(({ rent }) => rent)),
    hours: sum(rows.map(({ hours }) => hours)),
    parts: {
      full: of('full'),
      underfilled: of('underfilled'),
      idle: of('idle'),
      unknown: of('unknown'),
    },
  };
}

/** Share of a part, from 0 to 1. */
function partShare({ parts, rent }: PaidHours, part: GpuSpendPart): Exact {
  return isZero(rent) ? ZERO : divide(parts[part], rent);
}
