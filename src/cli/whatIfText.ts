/** Knows how a what-if reads on a terminal: what was changed, then both verdicts side by side. */

import { decimal, sum } from '../domain/exact.ts';
import type { WhatIfResult } from '../jobs/whatIf.ts';
import type { InputChange, InputName } from '../jobs/whatIfChanges.ts';
import { capacityBasisOf } from '../report/copy/capacityBasis.ts';
import {
  dollars,
  percent,
  plainNumber,
  tokenCount,
  UNKNOWN,
  usdPerMtok,
} from '../report/format.ts';
import { oddsText } from '../report/words/odds.ts';
import { dearestFirst } from '../report/words/reading.ts';
import { verdictCounts } from '../report/words/rows.ts';
import type { Audit } from '../verdict/audit.ts';
import type { AuditDeployment } from '../verdict/auditDeployment.ts';
import { bullets, known, MOST_DEPLOYMENTS, usd } from './printedFigures.ts';
import { plainText } from '../platform/plainText.ts';
import { textTable } from './textTable.ts';

/** Every figure of it is in `what-if --json` too, to its last place. */
export function whatIfText({ changes, asIs, whatIf }: WhatIfResult): string {
  const { quarter, window } = asIs;
  const pairs = pairsOf(asIs, whatIf);
  const shown = pairs.slice(0, MOST_DEPLOYMENTS);
  return [
    `What if: ${quarter ?? `${window.start} to ${window.end}`} (nothing of this is stored)`,
    `Verdict: ${answers(asIs, whatIf)}`,
    '',
    changesTable(changes, shown),
    ...raised(changes, whatIf),
    ...fixed(changes),
    stackTable(asIs, whatIf),
    deploymentTable(shown),
    ...leftOut(pairs.slice(MOST_DEPLOYMENTS)),
    reasons(whatIf),
  ].join('\n');
}

function answers({ stack: now }: Audit, { stack: then }: Audit): string {
  return now.verdict === then.verdict
    ? `stays "${now.verdict}"`
    : `"${now.verdict}" as it is, "${then.verdict}" then`;
}

/** A deployment as it is, and with the inputs changed. */
interface Pair {
  readonly now: AuditDeployment;
  readonly changed: AuditDeployment | undefined;
}

/** In the config's order; of many those whose verdict moves first, then the largest spend. */
function pairsOf(asIs: Audit, whatIf: Audit): Pair[] {
  const after = new Map(whatIf.deployments.map((each) => [each.id, each]));
  const isLong = asIs.deployments.length > MOST_DEPLOYMENTS;
  const ordered = isLong ? dearestFirst(asIs) : asIs.deployments;
  const pairs = ordered.map((now): Pair => ({ now, changed: after.get(now.id) }));
  if (!isLong) return pairs;
  return [...pairs.filter(isMoved), ...pairs.filter((pair) => !isMoved(pair))];
}

function isMoved({ now, changed }: Pair): boolean {
  return now.verdict !== changed?.verdict;
}

/** How many deployments have no row, what keeping them costs, and what becomes of them. */
function leftOut(rest: readonly Pair[]): string[] {
  if (rest.length === 0) return [];
  const costs = rest.flatMap(({ now }) => keepOf(now) ?? []);
  const blind = rest.length - costs.length;
  const cost = costs.length === 0 ? UNKNOWN : dollars(sum(costs.map((each) => decimal(each))));
  const unknown = blind === 0 || costs.length === 0 ? '' : ` and is unknown for ${blind}`;
  const moved = rest.filter(isMoved).length;
  const verdicts = verdictCounts(rest.map(({ now }) => now));
  const text = `The other ${rest.length}: keep costs ${cost}${unknown}; ${verdicts}`;
  return [`${plainText(`${text}; ${moved} change. See --json.`)}\n`];
}

function changesTable(changes: readonly InputChange[], shown: readonly Pair[]): string {
  const ids = new Set(shown.map(({ now }) => now.id));
  const told = changes.filter(({ deployment }) => deployment === null || ids.has(deployment));
  const rows = told.map(({ input, deployment, asIs, whatIf }) => [
    input,
    deployment ?? '(whole stack)',
    figure(input, asIs),
    figure(input, whatIf),
  ]);
  const left = changes.length - told.length;
  const rest = left === 0 ? [] : [[`(${left} more)`, '', '', '']];
  return textTable(['changed', 'of', 'as is', 'what if'], [...rows, ...rest], [2, 3]);
}

const PRINT: Readonly<Record<InputName, (text: string) => string>> = {
  'hosted $/Mtok': (text) => usdPerMtok(decimal(text)),
  'GPU $/h': (text) => dollars(decimal(text)),
  'GPU $/h elsewhere': (text) => percent(decimal(text)),
  'ops hours': (text) => plainNumber(decimal(text)),
  utilization: (text) => percent(decimal(text)),
  'tokens/day': (text) => tokenCount(Number(text)),
  'cache share': (text) => percent(decimal(text)),
  'capacity tok/s': (text) => plainNumber(decimal(text)),
  host: (text) => text,
  fee: (text) => percent(decimal(text)),
  'labor $/h': (text) => dollars(decimal(text)),
};

function figure(input: InputName, text: string | null): string {
  return text === null ? UNKNOWN : PRINT[input](text);
}

/** A capacity below what was seen cannot be: the wish came true only so far, and that is said. */
function raised(changes: readonly InputChange[], { deployments }: Audit): string[] {
  const wished = new Set(
    changes.flatMap(({ input, deployment }) => (input === 'capacity tok/s' ? [deployment] : [])),
  );
  const seen = deployments.filter(
    (each) => wished.has(each.id) && capacityBasisOf(each)?.raised === true,
  );
  if (seen.length === 0) return [];
  const names = seen.map(({ id }) => id).join(', ');
  return [
    `(raised to what was seen, for an interval was that fast: ${plainText(names)})
`,
  ];
}

/** What a contract fixes stays as it is until its end: only the rest of the rate has moved. */
function fixed(changes: readonly InputChange[]): string[] {
  return changes.flatMap(({ deployment, contract }) => {
    if (contract === null || deployment === null) return [];
    const { leastUsdPerHour, until } = contract;
    const least = dollars(decimal(leastUsdPerHour));
    const end = until === null ? 'the reserved capacity ends' : until;
    const name = plainText(deployment);
    return [`(a contract fixes ${least} of the GPU-hour of ${name} until ${end})\n`];
  });
}

function stackTable(asIs: Audit, whatIf: Audit): string {
  const all = [...STACK_ROWS, ...contractRows(asIs, whatIf)];
  const rows = all.map(([name, read]) => [name, read(asIs), read(whatIf)]);
  return textTable(['whole stack', 'as is', 'what if'], rows, [1, 2]);
}

type StackRow = readonly [string, (audit: Audit) => string];

/** What the same change saves once no contract fixes a price or is owed. */
function contractRows(...audits: readonly Audit[]): StackRow[] {
  const ends = audits.flatMap(({ stack }) => stack.outlook?.afterContracts ?? []);
  if (ends.length === 0) return [];
  const [until] = ends.flatMap((after) => after.until ?? []);
  const end = until === undefined ? '' : ` (${until})`;
  const saving = ({ stack }: Audit) => usd(stack.outlook?.afterContracts?.bestSavingUsd ?? null);
  return [[`the same after the contract ends${end}`, saving]];
}

const STACK_ROWS: readonly StackRow[] = [
  ['verdict', ({ stack }) => stack.verdict],
  ["verdict without people's time", ({ stack }) => stack.withoutLabor.verdict],
  ['saving of the best plan', ({ stack }) => usd(stack.savingUsd.base)],
  ['90% interval', (audit) => (keepsAll(audit) ? NO_CASE : interval(audit.stack.savingUsd))],
  [
    'odds that it is cheaper',
    (audit) => (keepsAll(audit) ? NO_CASE : odds(audit.stack.probability)),
  ],
  ["saving without people's time", ({ stack }) => usd(stack.withoutLabor.savingUsd)],
  ['keeping everything', ({ stack }) => usd(stack.keepUsd)],
  ['the best plan', ({ stack }) => usd(stack.bestPlanUsd)],
];

/** A plan that changes nothing saves nothing, with no odds. */
function keepsAll({ stack }: Audit): boolean {
  return stack.bestPlan.every(({ option }) => option === 'keep');
}

const NO_CASE = '–';

const COLUMNS = ['deployment', '', 'verdict', 'saving', '90% interval', 'odds', 'keep'];

/** A line as it is and a line as wished for each deployment: one that does not move shows it. */
function deploymentTable(shown: readonly Pair[]): string {
  const rows = shown.flatMap(({ now, changed }) => [
    [now.id, 'as is', ...cells(now)],
    ...(changed === undefined ? [] : [['', 'what if', ...cells(changed)]]),
  ]);
  return textTable(COLUMNS, rows, [3, 4, 5, 6]);
}

function keepOf({ options }: AuditDeployment): string | undefined {
  return options.find(({ option }) => option === 'keep')?.costUsd ?? undefined;
}

function cells(deployment: AuditDeployment): string[] {
  const { verdict, savingUsd, probability } = deployment;
  return [
    verdict,
    usd(savingUsd.base),
    interval(savingUsd),
    odds(probability),
    usd(keepOf(deployment) ?? null),
  ];
}

function odds(figure: string | null): string {
  return known(figure, oddsText);
}

function interval({ low, high }: { low: string | null; high: string | null }): string {
  return low === null || high === null ? UNKNOWN : `${usd(low)} to ${usd(high)}`;
}

function reasons({ stack }: Audit): string {
  return bullets('Why, what if', stack.missing.length > 0 ? stack.missing : stack.reasons);
}
