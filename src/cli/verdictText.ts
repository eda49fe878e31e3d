/** Renders an audit on one screen: the verdict, the actions, then a table of the deployments. */

import { counted, grouped } from '../domain/counted.ts';
import { decimal, type Exact, isZero, subtract, sum } from '../domain/exact.ts';
import { dollars, percent, UNKNOWN, usdPerMtok, wholeNumber } from '../report/format.ts';
import { type Action, ACTIONS_TITLE, actionsOf, ownerLine } from '../report/words/actions.ts';
import { certaintyOf } from '../report/words/certainty.ts';
import { answerOf } from '../report/words/headline.ts';
import { oddsText } from '../report/words/odds.ts';
import { complete } from '../report/words/older.ts';
import { periodName } from '../report/words/period.ts';
import {
  dearestFirst,
  plannedChanges,
  type Situation,
  situationOf,
  useOfRent,
} from '../report/words/reading.ts';
import type { Audit } from '../verdict/audit.ts';
import type { AuditDeployment } from '../verdict/auditDeployment.ts';
import { detailLines } from './detailText.ts';
import { known } from './printedFigures.ts';
import { type Column, cut, fittedTable, type Reading, wrapped } from './screen.ts';
import { TERMINAL } from '../report/locale.ts';

/** `audit --json` has every figure unrounded. */
export function verdictText(stored: Audit, { screen, all }: Reading): string {
  const audit = complete(stored);
  const situation = situationOf(audit);
  const { columns, rows } = screen;
  const lines = all
    ? [
        ...verdictLines(audit, situation, { columns, most: Number.POSITIVE_INFINITY }),
        '',
        ...actionLines(audit, situation, { columns, most: ALL }),
        '',
        ...table(audit, situation, { columns, most: Number.POSITIVE_INFINITY }),
        ...detailLines(audit, columns),
      ]
    : shortLines(audit, situation, { columns, rows });
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

function shortLines(
  audit: Audit,
  situation: Situation,
  { columns, rows }: Reading['screen'],
): string[] {
  const top = verdictLines(audit, situation, { columns, most: 3 });
  const hint = `Details: --all, --json or the report. Run ${audit.runId}.`;
  for (let most = MOST_ACTIONS; ; most -= 1) {
    const actions = actionLines(audit, situation, { columns, most });
    // Four lines are for two blanks, the hint, and the prompt after the output.
    const room = rows - top.length - actions.length - 4 - framing(audit, situation);
    if (room >= FEWEST_ROWS || most === 1) {
      const lines = table(audit, situation, { columns, most: Math.max(1, room) });
      return [...top, '', ...actions, '', ...lines, cut(hint, columns)];
    }
  }
}

/** The headline, its range, and the verdict without engineering time. */
function verdictLines(audit: Audit, situation: Situation, { columns, most }: Room): string[] {
  const { window } = audit;
  const partial = window.partial ? ` (data up to ${window.end})` : '';
  const { headline } = answerOf(audit, situation, TERMINAL);
  const certainty = certaintyOf(audit, situation, TERMINAL);
  const shown = most === Number.POSITIVE_INFINITY ? certainty : certainty.slice(0, 2);
  return [
    ...wrapped(`Rent check ${periodName(audit, TERMINAL)}${partial}. ${headline}`, { columns }),
    ...(shown.length === 0 ? [] : wrapped(shown.join(' '), { columns, most })),
  ];
}

/** `1. Cap code-review at 1 replica: saves $12,587. Owner: developer-tools. Due: Nov 4, 2026.` */
function actionLines(audit: Audit, situation: Situation, { columns, most }: Room): string[] {
  const { listed, more } = actionsOf(audit, situation, TERMINAL, most);
  const left = actionsOf(audit, situation, TERMINAL, ALL).listed.length - listed.length;
  const amount = more === undefined ? '' : `: ${savingText(more.dollars)}`;
  return [
    ACTIONS_TITLE,
    ...listed.flatMap((action, at) =>
      wrapped(actionText(action), { columns, mark: `${at + 1}. ` }),
    ),
    ...(left > 0 ? [cut(`   ${counted(left, 'more action')}${amount}`, columns)] : []),
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

const COLUMNS: readonly Column[] = [
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
function table(audit: Audit, situation: Situation, { columns, most }: Room): string[] {
  const { deployments } = audit;
  const savings = savingsOf(audit, situation);
  const ordered = dearestFirst(audit);
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
  return fittedTable(
    kept.map(({ column, at }) => (at === 0 ? { ...column, least } : column)),
    rows.map((cells) => kept.map(({ at }) => cells[at] ?? '')),
    columns,
  );
}

/** The number of table lines for the header, omitted rows, shared costs and the total. */
function framing(audit: Audit, situation: Situation): number {
  const savings = savingsOf(audit, situation);
  const closing = [...unattributedRows(audit), ...sharedRows(audit, savings)].length;
  return 2 + closing + (hasTotal(audit, savings) ? 1 : 0);
}

type Savings = ReadonlyMap<string, Exact> | undefined;

/** The saving of each deployment that the plan changes; absent if it changes nothing. */
function savingsOf(audit: Audit, situation: Situation): Savings {
  if (situation !== 'change') return undefined;
  return new Map(
    plannedChanges(audit).flatMap(({ deployment, figures }): [string, Exact][] => {
      const saving = figures?.savingUsd;
      return saving === null || saving === undefined ? [] : [[deployment.id, decimal(saving)]];
    }),
  );
}

const NOTHING = '\u2013';

function row(deployment: AuditDeployment, savings: Savings): string[] {
  const { id, verdict, probability } = deployment;
  const saving = savings?.get(id);
  return [
    id,
    verdict,
    dollars(decimal(deployment.spendUsd), TERMINAL),
    saving === undefined ? NOTHING : dollars(saving, TERMINAL),
    CERTAIN.has(verdict) ? '' : known(probability, oddsText),
    known(deployment.effectiveUsdPerMtok, usdPerMtok),
    known(deployment.hosted?.usdPerMtok ?? null, usdPerMtok),
    known(deployment.utilization, percent),
    withoutLaborCell(deployment),
    wholeNumber(deployment.tokens, TERMINAL),
    known(deployment.coverage, percent),
  ];
}

/** Verdicts without a probability: nothing changes, or there is not enough evidence. */
const CERTAIN: ReadonlySet<string> = new Set(['keep', 'keep (required)', 'not enough evidence']);

/** The verdict without engineering time, or empty if it is the same. */
function withoutLaborCell({ verdict, withoutLabor }: AuditDeployment): string {
  return withoutLabor === null || withoutLabor.verdict === verdict ? '' : withoutLabor.verdict;
}

function restRow(rest: readonly AuditDeployment[], savings: Savings): string[] {
  const saved = rest.flatMap(({ id }) => savings?.get(id) ?? []);
  return [
    `(${grouped(rest.length)} more)`,
    '',
    dollars(sum(rest.map(({ spendUsd }) => decimal(spendUsd))), TERMINAL),
    saved.length === 0 ? NOTHING : dollars(sum(saved), TERMINAL),
    '',
    '',
    '',
    '',
    '',
    wholeNumber(
      rest.reduce((total, { tokens }) => total + tokens, 0),
      TERMINAL,
    ),
  ];
}

function unattributedRows({ totals }: Audit): string[][] {
  const spend = decimal(totals.unattributedUsd);
  return isZero(spend) ? [] : [['(not attributed)', '', dollars(spend, TERMINAL), NOTHING]];
}

/** The row of engineering time and commitments that several deployments share. */
function sharedRows({ stack }: Audit, savings: Savings): string[][] {
  if (savings === undefined || stack.savingUsd.base === null) return [];
  const shared = subtract(decimal(stack.savingUsd.base), sum([...savings.values()]));
  return isZero(shared) ? [] : [['(shared costs)', '', '', dollars(shared, TERMINAL)]];
}

/** A single row needs no total. */
function hasTotal(audit: Audit, savings: Savings): boolean {
  const beside = [...unattributedRows(audit), ...sharedRows(audit, savings)];
  return audit.deployments.length + beside.length > 1;
}

function totalRow({ totals, deployments, stack }: Audit, savings: Savings): string[] {
  const use = useOfRent(deployments);
  return [
    '(total)',
    '',
    dollars(decimal(totals.spendUsd), TERMINAL),
    savings === undefined ? NOTHING : known(stack.savingUsd.base, dollars),
    savings === undefined ? '' : known(stack.probability, oddsText),
    known(totals.effectiveUsdPerMtok, usdPerMtok),
    known(totals.hostedUsdPerMtok, usdPerMtok),
    use === undefined ? UNKNOWN : percent(use.share, TERMINAL),
    '',
    wholeNumber(totals.tokens, TERMINAL),
    known(totals.coverage, percent),
  ];
}
