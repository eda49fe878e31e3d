/** Renders an audit on one screen: the verdict, the actions, then a table of the deployments. */

import { formatCount, groupThousands } from '../domain/figures.ts';
import { type Exact, isZero, subtract, sum } from '../domain/exact.ts';
import {
  dollars,
  percent,
  probabilityText,
  UNKNOWN,
  pricePerMtok,
  wholeText,
} from '../report/format.ts';
import { type Action, ACTIONS_TITLE, listActions, ownerLine } from '../report/sections/actions.ts';
import { listSteps } from '../report/sections/steps.ts';
import { certaintyLines } from '../report/sections/certainty.ts';
import { renderHeadline } from '../report/sections/headline.ts';
import { readAudit } from '../report/sections/completeAudit.ts';
import type { AuditReading } from '../report/sections/auditReading.ts';
import type { DeploymentReading } from '../report/sections/deploymentReading.ts';
import type { Audit } from '../verdict/audit.ts';
import { renderAuditDetails } from './detailText.ts';
import { formatIfKnown } from './printedFigures.ts';
import { truncateText, type PrintOptions, wrapText } from './screen.ts';
import { type FittedColumn, renderFittedTable } from './textTable.ts';
import { TERMINAL_READER } from '../report/locale.ts';

/** `audit --json` has every figure unrounded. */
export function renderVerdict(stored: Audit, { screen, all }: PrintOptions): string {
  const audit = readAudit(stored, TERMINAL_READER);
  const { columns, rows } = screen;
  const lines = all
    ? [
        ...verdictLines(audit, { columns, most: Number.POSITIVE_INFINITY }),
        '',
        ...actionLines(audit, { columns, most: ALL }),
        '',
        ...table(audit, { columns, most: Number.POSITIVE_INFINITY }),
        ...renderAuditDetails(audit, columns),
      ]
    : shortLines(audit, { columns, rows });
  return `${lines.join('\n')}\n`;
}

interface Room {
  readonly columns: number;
  /** The maximum number of lines, actions or deployments. */
  readonly most: number;
}

const ALL = Number.MAX_SAFE_INTEGER;

/** At most three actions are listed, and at least three deployments. */
const MOST_ACTIONS = 3;
const FEWEST_ROWS = 3;

function shortLines(audit: AuditReading, { columns, rows }: PrintOptions['screen']): string[] {
  const top = verdictLines(audit, { columns, most: 3 });
  const hint = `Details: --all, --json or the report. Run ${audit.runId}.`;
  for (let most = MOST_ACTIONS; ; most -= 1) {
    const actions = actionLines(audit, { columns, most });
    // Four lines are for two blanks, the hint, and the prompt after the output.
    const room = rows - top.length - actions.length - 4 - framing(audit);
    if (room >= FEWEST_ROWS || most === 1) {
      const lines = table(audit, { columns, most: Math.max(1, room) });
      return [...top, '', ...actions, '', ...lines, truncateText(hint, columns)];
    }
  }
}

/** The headline, its range, and the verdict without engineering time. */
function verdictLines(audit: AuditReading, { columns, most }: Room): string[] {
  const { window } = audit;
  const partial = window.partial ? ` (data up to ${window.end})` : '';
  const { headline } = renderHeadline(audit, TERMINAL_READER);
  const certainty = certaintyLines(audit, TERMINAL_READER);
  const shown = most === Number.POSITIVE_INFINITY ? certainty : certainty.slice(0, 2);
  return [
    ...wrapText(`Rent check ${audit.periodName}${partial}. ${headline}`, {
      columns,
    }),
    ...(shown.length === 0 ? [] : wrapText(shown.join(' '), { columns, most })),
  ];
}

/** `1. Cap code-review at 1 replica: saves $12,587. Owner: developer-tools. Due: Nov 4, 2026.` */
function actionLines(audit: AuditReading, { columns, most }: Room): string[] {
  const steps = listSteps(audit, TERMINAL_READER);
  const { listed, more } = listActions(audit, steps, TERMINAL_READER, most);
  const all = listActions(audit, steps, TERMINAL_READER, ALL);
  const left = all.listed.length - listed.length;
  const amount = more === undefined ? '' : `: ${savingText(more.dollars)}`;
  return [
    ACTIONS_TITLE,
    ...listed.flatMap((action, at) =>
      wrapText(actionText(action), { columns, mark: `${at + 1}. ` }),
    ),
    ...(left > 0 ? [truncateText(`   ${formatCount(left, 'more action')}${amount}`, columns)] : []),
  ];
}

function actionText(action: Action): string {
  const what = action.what.replace(/\.$/, '');
  return `${what}${action.isSaving ? `: ${savingText(action.dollars)}` : ''}. ${ownerLine(action)}`;
}

/** `saves $1,200`, `costs $300` or `saving unknown`. */
function savingText(amount: string): string {
  if (amount === UNKNOWN) return 'saving unknown';
  return amount.startsWith('-') ? `costs ${amount.slice(1)}` : `saves ${amount}`;
}

const COLUMNS: readonly FittedColumn[] = [
  { title: 'deployment', least: 16 },
  { title: 'verdict', least: 19 },
  { title: 'spend', isFigure: true },
  { title: 'saving', isFigure: true, rank: 1 },
  { title: 'likely', isFigure: true, rank: 2 },
  { title: '$/Mtok', isFigure: true, rank: 3 },
  { title: 'hosted $/Mtok', isFigure: true, rank: 4 },
  { title: 'utilization', isFigure: true, rank: 5 },
  { title: 'without engineering time', least: 12, rank: 6 },
  { title: 'tokens', isFigure: true, rank: 7 },
  { title: 'coverage', isFigure: true, rank: 8 },
];

/** Largest spend first. Omitted deployments are summed in one row, so that columns add up. */
function table(audit: AuditReading, { columns, most }: Room): string[] {
  const { deployments } = audit;
  const savings = savingsOf(audit);
  const ordered = audit.mostExpensiveFirst;
  const shown = ordered.length <= most + 1 ? ordered : ordered.slice(0, most);
  const rest = ordered.slice(shown.length);
  const rows = [
    ...shown.map((deployment) => row(deployment, savings)),
    ...(rest.length === 0 ? [] : [restRow(rest, savings)]),
    ...unattributedRows(audit),
    ...sharedRows(audit, savings),
    ...(hasTotal(audit, savings) ? [totalRow(audit, savings)] : []),
  ];
  const differs = deployments.some((each) => withoutLaborCell(each) !== '');
  const hidden = new Set([
    ...(savings === undefined ? ['saving'] : []),
    ...(differs ? [] : ['without engineering time']),
  ]);
  const kept = COLUMNS.flatMap((column, at) => (hidden.has(column.title) ? [] : [{ column, at }]));
  // With `--all`, full names are more important than the last columns.
  const least = most === Number.POSITIVE_INFINITY ? Math.max(16, columns - 40) : 16;
  return renderFittedTable(
    kept.map(({ column, at }) => (at === 0 ? { ...column, least } : column)),
    rows.map((cells) => kept.map(({ at }) => cells[at] ?? '')),
    columns,
  );
}

/** The number of table lines for the header, omitted rows, shared costs and the total. */
function framing(audit: AuditReading): number {
  const savings = savingsOf(audit);
  const closing = [...unattributedRows(audit), ...sharedRows(audit, savings)].length;
  return 2 + closing + (hasTotal(audit, savings) ? 1 : 0);
}

type Savings = ReadonlyMap<string, Exact> | undefined;

/** The saving of each deployment that the plan changes; absent if it changes nothing. */
function savingsOf(audit: AuditReading): Savings {
  if (audit.situation !== 'change') return undefined;
  return new Map(
    audit.changes.flatMap(({ deployment, figures }): [string, Exact][] => {
      const saving = figures?.savingUsd;
      return saving === undefined ? [] : [[deployment.id, saving]];
    }),
  );
}

const NOTHING = '\u2013';

function row(deployment: DeploymentReading, savings: Savings): string[] {
  const { id, verdict, probability } = deployment;
  const saving = savings?.get(id);
  return [
    id,
    verdict,
    dollars(deployment.spendUsd, TERMINAL_READER),
    saving === undefined ? NOTHING : dollars(saving, TERMINAL_READER),
    CERTAIN.has(verdict) ? '' : formatIfKnown(probability, probabilityText),
    formatIfKnown(deployment.effectiveUsdPerMtok, pricePerMtok),
    formatIfKnown(deployment.hosted?.usdPerMtok, pricePerMtok),
    formatIfKnown(deployment.utilization, percent),
    withoutLaborCell(deployment),
    wholeText(deployment.tokens, TERMINAL_READER),
    formatIfKnown(deployment.coverage, percent),
  ];
}

/** Verdicts without a probability: nothing changes, or there is not enough evidence. */
const CERTAIN: ReadonlySet<string> = new Set(['keep', 'keep (required)', 'not enough evidence']);

/** The verdict without engineering time, or empty if it is the same. */
function withoutLaborCell({ verdict, withoutLabor }: DeploymentReading): string {
  return withoutLabor === null || withoutLabor.verdict === verdict ? '' : withoutLabor.verdict;
}

function restRow(rest: readonly DeploymentReading[], savings: Savings): string[] {
  const saved = rest.flatMap(({ id }) => savings?.get(id) ?? []);
  return [
    `(${groupThousands(rest.length)} more)`,
    '',
    dollars(sum(rest.map(({ spendUsd }) => spendUsd)), TERMINAL_READER),
    saved.length === 0 ? NOTHING : dollars(sum(saved), TERMINAL_READER),
    '',
    '',
    '',
    '',
    '',
    wholeText(
      rest.reduce((total, { tokens }) => total + tokens, 0),
      TERMINAL_READER,
    ),
  ];
}

function unattributedRows({ totals }: AuditReading): string[][] {
  const spend = totals.unattributedUsd;
  return isZero(spend) ? [] : [['(not attributed)', '', dollars(spend, TERMINAL_READER), NOTHING]];
}

/** The row of engineering time and commitments that several deployments share. */
function sharedRows({ stack }: AuditReading, savings: Savings): string[][] {
  if (savings === undefined || stack.savingUsd.base === undefined) return [];
  const shared = subtract(stack.savingUsd.base, sum([...savings.values()]));
  return isZero(shared) ? [] : [['(shared costs)', '', '', dollars(shared, TERMINAL_READER)]];
}

/** A single row needs no total. */
function hasTotal(audit: AuditReading, savings: Savings): boolean {
  const beside = [...unattributedRows(audit), ...sharedRows(audit, savings)];
  return audit.deployments.length + beside.length > 1;
}

function totalRow({ totals, stack, gpuSpendUse }: AuditReading, savings: Savings): string[] {
  return [
    '(total)',
    '',
    dollars(totals.spendUsd, TERMINAL_READER),
    savings === undefined ? NOTHING : formatIfKnown(stack.savingUsd.base, dollars),
    savings === undefined ? '' : formatIfKnown(stack.probability, probabilityText),
    formatIfKnown(totals.effectiveUsdPerMtok, pricePerMtok),
    formatIfKnown(totals.hostedUsdPerMtok, pricePerMtok),
    formatIfKnown(gpuSpendUse?.share, percent),
    '',
    wholeText(totals.tokens, TERMINAL_READER),
    formatIfKnown(totals.coverage, percent),
  ];
}
