/** Prints an audit on one screen: the answer, what to do, then a table of the deployments. */

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

/** Every figure is in `audit --json` too, to its last place. */
export function verdictText(stored: Audit, { screen, all }: Reading): string {
  const audit = complete(stored);
  const situation = situationOf(audit);
  const { columns, rows } = screen;
  const lines = all
    ? [
        ...answerLines(audit, situation, { columns, most: Number.POSITIVE_INFINITY }),
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
  /** Of lines, actions or deployments. */
  readonly most: number;
}

const ALL = Number.MAX_SAFE_INTEGER;

/** So many actions are listed where there is room, and so many deployments where there is not. */
const MOST_ACTIONS = 3;
const FEWEST_ROWS = 3;

function shortLines(
  audit: Audit,
  situation: Situation,
  { columns, rows }: Reading['screen'],
): string[] {
  const top = answerLines(audit, situation, { columns, most: 3 });
  const hint = `Details: --all, --json or the report. Run ${audit.runId}.`;
  for (let most = MOST_ACTIONS; ; most -= 1) {
    const actions = actionLines(audit, situation, { columns, most });
    // Two blank lines, the hint, and the prompt that comes after all of it.
    const room = rows - top.length - actions.length - 4 - framing(audit, situation);
    if (room >= FEWEST_ROWS || most === 1) {
      const lines = table(audit, situation, { columns, most: Math.max(1, room) });
      return [...top, '', ...actions, '', ...lines, cut(hint, columns)];
    }
  }
}

/** The headline, its range, and what it is without engineering time. */
function answerLines(audit: Audit, situation: Situation, { columns, most }: Room): string[] {
  const { window } = audit;
  const partial = window.partial ? ` (data up to ${window.end})` : '';
  const { headline } = answerOf(audit, situation);
  const certainty = certaintyOf(audit, situation);
  const told = most === Number.POSITIVE_INFINITY ? certainty : certainty.slice(0, 2);
  return [
    ...wrapped(`Rent check ${periodName(audit)}${partial}. ${headline}`, { columns }),
    ...(told.length === 0 ? [] : wrapped(told.join(' '), { columns, most })),
  ];
}

/** `1. Cap code-review at 1 replica: saves $12,587. Owner: developer-tools. Due: Nov 4, 2026.` */
function actionLines(audit: Audit, situation: Situation, { columns, most }: Room): string[] {
  const { listed, more } = actionsOf(audit, situation, most);
  const left = actionsOf(audit, situation, ALL).listed.length - listed.length;
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

/** What is at stake stands in the line of the owner. */
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

/** The largest spend first; what has no row is summed, so that each column adds up to its total. */
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
  // Where every deployment has a row, its name is worth more than the last columns.
  const least = most === Number.POSITIVE_INFINITY ? Math.max(16, columns - 40) : 16;
  return fittedTable(
    kept.map(({ column, at }) => (at === 0 ? { ...column, least } : column)),
    rows.map((cells) => kept.map(({ at }) => cells[at] ?? '')),
    columns,
  );
}

/** Lines of the table that are no deployment's: the header, the others, what sums it up. */
function framing(audit: Audit, situation: Situation): number {
  const savings = savingsOf(audit, situation);
  const closing = [...unattributedRows(audit), ...sharedRows(audit, savings)].length;
  return 2 + closing + (hasTotal(audit, savings) ? 1 : 0);
}

type Savings = ReadonlyMap<string, Exact> | undefined;

/** What the plan saves with each deployment that it changes; absent where it changes nothing. */
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
    dollars(decimal(deployment.spendUsd)),
    saving === undefined ? NOTHING : dollars(saving),
    CERTAIN.has(verdict) ? '' : known(probability, oddsText),
    known(deployment.effectiveUsdPerMtok, usdPerMtok),
    known(deployment.hosted?.usdPerMtok ?? null, usdPerMtok),
    known(deployment.utilization, percent),
    withoutLaborCell(deployment),
    wholeNumber(deployment.tokens),
    known(deployment.coverage, percent),
  ];
}

/** Of these no probability is stated: nothing changes, or nothing is known. */
const CERTAIN: ReadonlySet<string> = new Set(['keep', 'keep (required)', 'not enough evidence']);

/** The verdict without engineering time, where it is another one. */
function withoutLaborCell({ verdict, withoutLabor }: AuditDeployment): string {
  return withoutLabor === null || withoutLabor.verdict === verdict ? '' : withoutLabor.verdict;
}

function restRow(rest: readonly AuditDeployment[], savings: Savings): string[] {
  const saved = rest.flatMap(({ id }) => savings?.get(id) ?? []);
  return [
    `(${grouped(rest.length)} more)`,
    '',
    dollars(sum(rest.map(({ spendUsd }) => decimal(spendUsd)))),
    saved.length === 0 ? NOTHING : dollars(sum(saved)),
    '',
    '',
    '',
    '',
    '',
    wholeNumber(rest.reduce((total, { tokens }) => total + tokens, 0)),
  ];
}

function unattributedRows({ totals }: Audit): string[][] {
  const spend = decimal(totals.unattributedUsd);
  return isZero(spend) ? [] : [['(not attributed)', '', dollars(spend), NOTHING]];
}

/** Engineering time and commitments that belong to no single deployment. */
function sharedRows({ stack }: Audit, savings: Savings): string[][] {
  if (savings === undefined || stack.savingUsd.base === null) return [];
  const shared = subtract(decimal(stack.savingUsd.base), sum([...savings.values()]));
  return isZero(shared) ? [] : [['(shared costs)', '', '', dollars(shared)]];
}

/** One row needs no total. */
function hasTotal(audit: Audit, savings: Savings): boolean {
  const beside = [...unattributedRows(audit), ...sharedRows(audit, savings)];
  return audit.deployments.length + beside.length > 1;
}

function totalRow({ totals, deployments, stack }: Audit, savings: Savings): string[] {
  const use = useOfRent(deployments);
  return [
    '(total)',
    '',
    dollars(decimal(totals.spendUsd)),
    savings === undefined ? NOTHING : known(stack.savingUsd.base, dollars),
    savings === undefined ? '' : known(stack.probability, oddsText),
    known(totals.effectiveUsdPerMtok, usdPerMtok),
    known(totals.hostedUsdPerMtok, usdPerMtok),
    use === undefined ? UNKNOWN : percent(use.share),
    '',
    wholeNumber(totals.tokens),
    known(totals.coverage, percent),
  ];
}
