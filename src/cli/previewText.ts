/** Renders the preview of an import: what the file would add and change. */

import { foreignText } from '../domain/currency.ts';
import type { Exact } from '../domain/exact.ts';
import { type FocusLine, takenText } from '../domain/focus.ts';
import { usd as usdOf, usdText } from '../domain/money.ts';
import type {
  MovedDeployment,
  MovingFigures,
  PointTerms,
  PreviewedAudit,
  PricePoint,
  PricePreview,
} from '../jobs/previewPrices.ts';
import { plainText } from '../platform/text.ts';
import { counted, dollars, dollarsTo, pricePerMtok, wholeText } from '../report/format.ts';
import { renderImportCounts } from './importText.ts';
import { formatIfKnown } from './printedFigures.ts';
import { truncateText, type ScreenSize } from './screen.ts';
import { type FittedColumn, renderFittedTable, renderTextTable } from './textTable.ts';
import { formatDecimal } from '../domain/figures.ts';
import { type Reader, TERMINAL_READER } from '../report/locale.ts';

/** The contents of a FOCUS bill, as JSON. */
export function toFocusPreviewJson(survey: readonly FocusLine[]) {
  return survey.map(({ billedNano, takenNano, currency, ...line }) => {
    const [billed, taken] = [usdText(usdOf(billedNano)), usdText(usdOf(takenNano))];
    return currency === 'USD'
      ? { ...line, billedUsd: billed, takenUsd: taken }
      : { ...line, currency, billed, taken };
  });
}

/** The contents of a FOCUS bill, largest amounts first, and the part that would be imported. */
export function renderFocusPreview(survey: readonly FocusLine[]): string {
  const size = ({ billedNano: nano }: FocusLine) => (nano < 0n ? -nano : nano);
  const lines = survey.toSorted((a, b) => Number(size(b) > size(a)) - Number(size(b) < size(a)));
  const rows = lines.map((line) => [
    line.category,
    line.service,
    wholeText(line.rows, TERMINAL_READER),
    amountText(line.billedNano, line.currency),
    wholeText(line.takenRows, TERMINAL_READER),
    amountText(line.takenNano, line.currency),
  ]);
  const columns = ['category', 'service', 'rows', 'billed', 'imported rows', 'imported'];
  const share = takenText(survey, amountText);
  return (
    `${renderTextTable(columns, rows, [2, 3, 4, 5])}\n${share} ` +
    `would be imported. ${NOT_STORED}`
  );
}

const NOT_STORED = 'Nothing was stored.\n';

function amountText(nano: bigint, currency: string): string {
  const amount = usdOf(nano);
  return currency === 'USD'
    ? dollarsTo(amount, 2, TERMINAL_READER)
    : foreignText({ currency, amount });
}

/** The prices of the file, then the changes in the audit of the quarter, on one screen. */
export function renderPricePreview(
  { import: result, points, audit }: PricePreview,
  { columns, rows }: ScreenSize,
): string {
  // 14 lines are for counts, headers, titles, notes about omitted rows, blanks and the prompt.
  const room = rows - 14;
  const deployments = Math.max(0, Math.floor((room - MIN_POINTS) / LINES_EACH));
  const most = audit === null ? rows - 7 : room - LINES_EACH * Math.min(moved(audit), deployments);
  return [
    `${truncateText(plainText(renderImportCounts(result)), columns)}\n`,
    ...pointsPart(points, { columns, most: Math.max(1, most) }),
    ...(audit === null ? [] : auditPart(audit, { columns, most: deployments })),
    NOT_STORED,
  ].join('\n');
}

interface Room {
  readonly columns: number;
  /** The number of prices or deployments that are listed. */
  readonly most: number;
}

const MIN_POINTS = 3;

const POINT_COLUMNS: readonly FittedColumn[] = [
  { title: '' },
  { title: 'model', least: 10 },
  { title: 'provider', least: 8 },
  { title: 'quantization', rank: 4 },
  { title: 'tier', rank: 3 },
  { title: 'since', rank: 2 },
  { title: '$/Mtok in' },
  { title: '$/Mtok out', rank: 1 },
];

function pointsPart(points: readonly PricePoint[], { columns, most }: Room): string[] {
  if (points.length === 0) return [];
  const rows = points.slice(0, most).map((point) => {
    const { state, model, host, quantization, tier, validFrom, quarantined } = point;
    const prices = [priceText(point, 'inputUsd'), priceText(point, 'outputUsd')];
    const mark = quarantined ? `${state}, quarantined` : state;
    return [mark, model, host, quantization, tier, validFrom.slice(0, 10), ...prices];
  });
  const left = points.length - rows.length;
  const more = left === 0 ? [] : [`${counted(left, 'more price', TERMINAL_READER)}: see --json`];
  return [linesText([...renderFittedTable(POINT_COLUMNS, rows, columns), ...more])];
}

/** `0.20`, or `0.20, was 0.10`. */
function priceText({ was, now }: PricePoint, side: 'inputUsd' | 'outputUsd'): string {
  const text = ({ offered, [side]: usd }: PointTerms) =>
    usd === null ? (offered ? '' : 'not sold') : formatDecimal(usd);
  const [before, after] = [was === null ? undefined : text(was), text(now)];
  return before === undefined || before === after ? after : `${after}, was ${before || 'none'}`;
}

const FIGURE_COLUMNS: readonly FittedColumn[] = [
  { title: 'deployment', least: 8 },
  { title: 'figure' },
  { title: 'before', isFigure: true, least: 8 },
  { title: 'after', isFigure: true, least: 8 },
  { title: 'difference', isFigure: true, rank: 1 },
];

type Print = (figure: Exact, reader: Reader) => string;

const FIGURES: readonly (readonly [string, keyof MovingFigures, Print])[] = [
  ['hosted cost', 'hostedUsd', dollars],
  ['hosted $/Mtok', 'hostedUsdPerMtok', pricePerMtok],
  ['cheapest provider', 'cheapestUsd', dollars],
  ['median provider', 'medianUsd', dollars],
  ['saving', 'savingUsd', dollars],
];

/** The number of deployments that differ. */
function moved({ deployments }: PreviewedAudit): number {
  return deployments.filter(isMoved).length;
}

function auditPart(
  { quarter, stack, deployments }: PreviewedAudit,
  { columns, most }: Room,
): string[] {
  const { before, after, savingUsdDifference: difference } = stack;
  const shown = deployments.filter(isMoved);
  const rows = [
    ['(whole stack)', 'verdict', before.verdict, after.verdict, ''],
    [
      '',
      'saving',
      formatIfKnown(before.savingUsd, dollars),
      formatIfKnown(after.savingUsd, dollars),
      formatIfKnown(difference, dollars),
    ],
    ...shown.slice(0, most).flatMap(deploymentRows),
  ];
  const same = deployments.length - shown.length;
  const [still, left] = [counted(same, 'deployment', TERMINAL_READER), shown.length - most];
  return [
    linesText([
      `The audit of ${quarter}, before and after:`,
      ...renderFittedTable(FIGURE_COLUMNS, rows, columns),
      ...(left > 0 ? [`${counted(left, 'more deployment', TERMINAL_READER)}: see --json`] : []),
      ...(same === 0 ? [] : [`${still} ${same === 1 ? 'does' : 'do'} not change`]),
    ]),
  ];
}

/** Whether any figure, the provider or the verdict differs. */
function isMoved({ before, after }: MovedDeployment): boolean {
  return JSON.stringify(before) !== JSON.stringify(after);
}

const linesText = (lines: readonly string[]) => `${lines.join('\n')}\n`;

/** Lines per deployment. */
const LINES_EACH = 7;

function deploymentRows({ id, before, after, difference }: MovedDeployment): string[][] {
  return [
    [id, 'verdict', before.verdict, after.verdict, ''],
    ['', 'provider', before.host ?? 'none', after.host ?? 'none', ''],
    ...FIGURES.map(([name, figure, print]) => [
      '',
      name,
      formatIfKnown(before[figure], print),
      formatIfKnown(after[figure], print),
      formatIfKnown(difference[figure], print),
    ]),
  ];
}
