/** Renders a what-if: the overridden inputs, then both verdicts side by side. */

import { groupThousands } from '../domain/figures.ts';
import { decimal, sum } from '../domain/exact.ts';
import type { InputChange, InputName, WhatIfResult } from '../jobs/whatIf.ts';
import { capacityBasisOf } from '../report/copy/capacity.ts';
import {
  counted,
  dollars,
  percent,
  shortNumber,
  probabilityText,
  tokenCount,
  UNKNOWN,
  pricePerMtok,
} from '../report/format.ts';
import { readAudit } from '../report/sections/completeAudit.ts';
import { periodName } from '../report/sections/periodText.ts';
import type { Audit } from '../verdict/audit.ts';
import type { AuditDeployment } from '../verdict/auditDeployment.ts';
import { formatIfKnown, formatUsd } from './printedFigures.ts';
import { bulletBlock, truncateText, type PrintOptions, wrapText } from './screen.ts';
import { type FittedColumn, renderFittedTable } from './textTable.ts';
import { plainText } from '../platform/text.ts';
import { TERMINAL_READER } from '../report/locale.ts';

/** `what-if --json` has every figure unrounded. */
export function renderWhatIf(result: WhatIfResult, reading: PrintOptions): string {
  const { changes, asIs, whatIf } = result;
  const { columns, rows } = reading.screen;
  const isAll = reading.all;
  const pairs = pairsOf(asIs, whatIf);
  const head = wrapText(`What if: ${periodName(asIs, TERMINAL_READER)} (nothing is stored)`, {
    columns,
  });
  const verdict = wrapText(`Verdict: ${verdictChange(asIs, whatIf)}`, { columns });
  const stack = stackTable(asIs, whatIf, columns);
  const notes = [...raised(changes, whatIf), ...fixed(changes)];
  // Seven lines are for three blanks, two headers and two notes about omitted rows.
  const room = rows - 1 - head.length - verdict.length - stack.length - 7;
  const most = isAll ? Number.POSITIVE_INFINITY : Math.max(1, Math.floor(room / 2));
  const shown = pairs.slice(0, most);
  const shownNotes = notes.slice(0, isAll ? notes.length : 1);
  return `${[
    ...head,
    ...verdict,
    '',
    ...changesTable(changes, isAll ? most : Math.max(1, room - shown.length - 1), columns),
    ...shownNotes.flatMap((note) =>
      isAll ? wrapText(note, { columns }) : [truncateText(note, columns)],
    ),
    '',
    ...stack,
    '',
    ...(isAll ? deploymentTable(shown, columns) : verdictTable(shown, columns)),
    ...leftOut(pairs.slice(most), columns),
    ...(isAll ? reasons(whatIf, columns) : []),
  ].join('\n')}\n`;
}

function verdictChange({ stack: now }: Audit, { stack: then }: Audit): string {
  return now.verdict === then.verdict
    ? `stays "${now.verdict}"`
    : `changes from "${now.verdict}" to "${then.verdict}"`;
}

/** A deployment without and with the overrides. */
interface Pair {
  readonly now: AuditDeployment;
  readonly changed: AuditDeployment | undefined;
}

/** Deployments whose verdict changes first, each group by spend. */
function pairsOf(asIs: Audit, whatIf: Audit): Pair[] {
  const after = new Map(whatIf.deployments.map((each) => [each.id, each]));
  const pairs = readAudit(asIs, TERMINAL_READER).mostExpensiveFirst.map(
    ({ stored }): Pair => ({ now: stored, changed: after.get(stored.id) }),
  );
  return [...pairs.filter(hasChanged), ...pairs.filter((pair) => !hasChanged(pair))];
}

function hasChanged({ now, changed }: Pair): boolean {
  return now.verdict !== changed?.verdict;
}

/** A line about the omitted deployments: their number, cost of keeping, and changed verdicts. */
function leftOut(rest: readonly Pair[], columns: number): string[] {
  if (rest.length === 0) return [];
  const costs = rest.flatMap(({ now }) => keepOf(now) ?? []);
  const blind = rest.length - costs.length;
  const cost =
    costs.length === 0
      ? UNKNOWN
      : dollars(sum(costs.map((each) => decimal(each))), TERMINAL_READER);
  const unknown = blind === 0 || costs.length === 0 ? '' : ` (unknown for ${blind})`;
  const moved = counted(rest.filter(hasChanged).length, 'verdict', TERMINAL_READER);
  const text = `keep costs ${cost}${unknown}, ${moved} changed; see --all`;
  return wrapText(`(${groupThousands(rest.length)} more: ${text})`, { columns, most: 1 });
}

const CHANGES: readonly FittedColumn[] = [
  { title: 'input' },
  { title: 'deployment', least: 8 },
  { title: 'as is', isFigure: true, least: 8 },
  { title: 'what if', isFigure: true, least: 8 },
];

/** One line per change, at most `most` lines. If there are more, the last line counts the rest. */
function changesTable(changes: readonly InputChange[], most: number, columns: number): string[] {
  const shown = changes.length <= most ? changes : changes.slice(0, Math.max(1, most - 1));
  const rows = shown.map(({ input, deployment, asIs, whatIf }) => [
    TITLES[input] ?? input,
    deployment ?? '(whole stack)',
    figure(input, asIs),
    figure(input, whatIf),
  ]);
  const left = changes.length - shown.length;
  const rest = left === 0 ? [] : [[`(${left} more)`, '', '', '']];
  return renderFittedTable(CHANGES, [...rows, ...rest], columns);
}

const PRINT: Readonly<Record<InputName, (text: string) => string>> = {
  'hosted $/Mtok': (text) => pricePerMtok(decimal(text), TERMINAL_READER),
  'GPU $/h': (text) => dollars(text, TERMINAL_READER),
  'GPU $/h elsewhere': (text) => percent(decimal(text), TERMINAL_READER),
  'ops hours': (text) => shortNumber(decimal(text), TERMINAL_READER),
  utilization: (text) => percent(decimal(text), TERMINAL_READER),
  'tokens/day': (text) => tokenCount(Number(text), TERMINAL_READER),
  'cache share': (text) => percent(decimal(text), TERMINAL_READER),
  'capacity tok/s': (text) => shortNumber(decimal(text), TERMINAL_READER),
  host: (text) => text,
  fee: (text) => percent(decimal(text), TERMINAL_READER),
  'labor $/h': (text) => dollars(text, TERMINAL_READER),
};

/** Printed names of inputs whose JSON name differs. */
const TITLES: Readonly<Partial<Record<InputName, string>>> = {
  'GPU $/h elsewhere': 'market GPU rates',
  'ops hours': 'engineering hours',
  host: 'provider',
  'labor $/h': 'engineering $/h',
};

function figure(input: InputName, text: string | null): string {
  return text === null ? UNKNOWN : PRINT[input](text);
}

/** A note about overridden capacities that were raised to the highest observed rate. */
function raised(changes: readonly InputChange[], { deployments }: Audit): string[] {
  const overridden = new Set(
    changes.flatMap(({ input, deployment }) => (input === 'capacity tok/s' ? [deployment] : [])),
  );
  const seen = deployments.filter(
    (each) => overridden.has(each.id) && capacityBasisOf(each)?.raised === true,
  );
  if (seen.length === 0) return [];
  const names = seen.map(({ id }) => id).join(', ');
  return [`(capacity raised to the highest rate observed: ${plainText(names)})`];
}

/** Notes about contracts that fix a part of the GPU rate until they end. */
function fixed(changes: readonly InputChange[]): string[] {
  return changes.flatMap(({ deployment, contract }) => {
    if (contract === null || deployment === null) return [];
    const { leastUsdPerHour, until } = contract;
    const least = dollars(leastUsdPerHour, TERMINAL_READER);
    const end = until === null ? 'the reserved capacity ends' : until;
    const name = plainText(deployment);
    return [`(a contract fixes ${least} per GPU-hour of ${name} until ${end})`];
  });
}

function stackTable(asIs: Audit, whatIf: Audit, columns: number): string[] {
  const all = [...STACK_ROWS, ...contractRows(asIs, whatIf)];
  const rows = all.map(([name, read]) => [name, read(asIs), read(whatIf)]);
  const heads: FittedColumn[] = [
    { title: 'whole stack', least: 16 },
    { title: 'as is', isFigure: true },
    { title: 'what if', isFigure: true },
  ];
  return renderFittedTable(heads, rows, columns);
}

type StackRow = readonly [string, (audit: Audit) => string];

/** The row with the saving after the last contract ends. */
function contractRows(...audits: readonly Audit[]): StackRow[] {
  const ends = audits.flatMap(({ stack }) => stack.outlook?.afterContracts ?? []);
  if (ends.length === 0) return [];
  const [until] = ends.flatMap((after) => after.until ?? []);
  const end = until === undefined ? '' : ` (${until})`;
  const saving = ({ stack }: Audit) =>
    formatUsd(stack.outlook?.afterContracts?.bestSavingUsd ?? null);
  return [[`saving after the contract ends${end}`, saving]];
}

const STACK_ROWS: readonly StackRow[] = [
  ['verdict without engineering time', ({ stack }) => stack.withoutLabor.verdict],
  ['saving of the best plan', ({ stack }) => formatUsd(stack.savingUsd.base)],
  ['90% range', (audit) => (keepsAll(audit) ? NO_CASE : interval(audit.stack.savingUsd))],
  [
    'probability of a saving',
    (audit) => (keepsAll(audit) ? NO_CASE : odds(audit.stack.probability)),
  ],
  ['saving without engineering time', ({ stack }) => formatUsd(stack.withoutLabor.savingUsd)],
  ['cost of keeping everything', ({ stack }) => formatUsd(stack.keepUsd)],
  ['cost of the best plan', ({ stack }) => formatUsd(stack.bestPlanUsd)],
];

/** A plan that changes nothing has no saving and no probability. */
function keepsAll({ stack }: Audit): boolean {
  return stack.bestPlan.every(({ option }) => option === 'keep');
}

const NO_CASE = '–';

const VERDICTS: readonly FittedColumn[] = [
  { title: 'deployment', least: 8 },
  { title: 'as is', least: 8 },
  { title: 'what if', least: 8 },
  { title: 'saving', isFigure: true },
  { title: 'what if', isFigure: true },
];

/** One line per deployment: its verdict and saving, without and with the overrides. */
function verdictTable(shown: readonly Pair[], columns: number): string[] {
  const rows = shown.map(({ now, changed }) => [
    now.id,
    now.verdict,
    changed?.verdict ?? UNKNOWN,
    formatUsd(now.savingUsd.base),
    formatUsd(changed?.savingUsd.base ?? null),
  ]);
  return renderFittedTable(VERDICTS, rows, columns);
}

const DETAILS: readonly FittedColumn[] = [
  { title: 'deployment', least: 8 },
  { title: '' },
  { title: 'verdict', least: 8 },
  { title: 'saving', isFigure: true },
  { title: '90% range', isFigure: true, rank: 2 },
  { title: 'likely', isFigure: true, rank: 1 },
  { title: 'keep', isFigure: true, rank: 3 },
];

/** Two lines per deployment: without and with the overrides. */
function deploymentTable(shown: readonly Pair[], columns: number): string[] {
  const rows = shown.flatMap(({ now, changed }) => [
    [now.id, 'as is', ...cells(now)],
    ...(changed === undefined ? [] : [['', 'what if', ...cells(changed)]]),
  ]);
  return renderFittedTable(DETAILS, rows, columns);
}

function keepOf({ options }: AuditDeployment): string | undefined {
  return options.find(({ option }) => option === 'keep')?.costUsd ?? undefined;
}

function cells(deployment: AuditDeployment): string[] {
  const { verdict, savingUsd, probability } = deployment;
  return [
    verdict,
    formatUsd(savingUsd.base),
    interval(savingUsd),
    odds(probability),
    formatUsd(keepOf(deployment) ?? null),
  ];
}

function odds(figure: string | null): string {
  return formatIfKnown(figure, probabilityText);
}

function interval({ low, high }: { low: string | null; high: string | null }): string {
  return low === null || high === null ? UNKNOWN : `${formatUsd(low)} to ${formatUsd(high)}`;
}

function reasons({ stack }: Audit, columns: number): string[] {
  const lines = stack.missing.length > 0 ? stack.missing : stack.reasons;
  return bulletBlock('Reasons with these overrides', lines, columns).flatMap(({ head, items }) => [
    '',
    ...head,
    ...items.flat(),
  ]);
}
