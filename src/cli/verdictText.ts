/** Knows how a verdict reads on a terminal: the answer first, then a line a deployment. */

import type { Audit, AuditDeployment } from '../verdict/audit.ts';
import { plainText, textTable } from './textTable.ts';

/** A few lines for a person; every figure of it is in `audit --json` too. */
export function verdictText(audit: Audit): string {
  return [heading(audit), table(audit), reasons(audit), missing(audit), footer(audit)]
    .filter((part) => part !== '')
    .join('\n');
}

function heading({ quarter, window, stack }: Audit): string {
  const name = quarter ?? `${window.start} to ${window.end}`;
  const partial = window.partial ? `, partial: up to ${window.end}` : '';
  const saving =
    stack.savingUsd.base === null ? '' : `, saving $${shortUsd(stack.savingUsd.base)} against keeping all`;
  const bare = stack.withoutLabor;
  return [
    `Rent check ${name}${partial}`,
    `Verdict: ${stack.verdict}${saving}`,
    `Without people's time: ${bare.verdict}${bare.savingUsd === null ? '' : `, $${shortUsd(bare.savingUsd)}`}`,
    '',
  ].join('\n');
}

const COLUMNS = [
  'deployment',
  'verdict',
  'spend $',
  'tokens',
  '$/Mtok',
  'hosted $/Mtok',
  'utilization',
  'coverage',
];

function table({ deployments, totals }: Audit): string {
  const rows = deployments.map(row);
  const unattributed = ['(unattributed)', '', shortUsd(totals.unattributedUsd), '', '', '', '', ''];
  const all = Number(totals.unattributedUsd) === 0 ? rows : [...rows, unattributed];
  return textTable(COLUMNS, all);
}

function row(deployment: AuditDeployment): string[] {
  return [
    deployment.id,
    deployment.verdict,
    shortUsd(deployment.spendUsd),
    deployment.tokens.toLocaleString('en-US'),
    deployment.effectiveUsdPerMtok ?? 'unknown',
    deployment.hosted?.usdPerMtok ?? 'unknown',
    percent(deployment.utilization),
    percent(deployment.coverage),
  ];
}

function reasons({ stack }: Audit): string {
  return bullets('Why', stack.reasons);
}

function missing({ stack }: Audit): string {
  return bullets('What is missing', stack.missing);
}

function bullets(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  return `${title}\n${lines.map((line) => `  - ${plainText(line)}\n`).join('')}`;
}

function footer({ runId, inputsDigest, asOf }: Audit): string {
  return `run ${runId}, inputs ${inputsDigest.slice(0, 12)}, as of ${asOf}\n`;
}

/** Cuts the six places of the interface to cents for reading; the JSON has them all. */
function shortUsd(text: string): string {
  const [whole = '0', places = ''] = text.split('.');
  const small = /^-?0$/.test(whole) && !/^0{2}/.test(places.slice(0, 2)) === false;
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${grouped}.${small ? places : places.slice(0, 2)}`;
}

function percent(ratio: string | null): string {
  return ratio === null ? 'unknown' : `${(Number(ratio) * 100).toFixed(1)} %`;
}
