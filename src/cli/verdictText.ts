/** Knows how a verdict reads on a terminal: the answer first, then a line a deployment. */

import { decimal } from '../domain/exact.ts';
import { dollars, percent, UNKNOWN, usdPerMtok, wholeNumber } from '../report/format.ts';
import type { Audit, AuditDeployment } from '../verdict/audit.ts';
import { plainText, textTable } from './textTable.ts';

/** A few lines for a person; every figure of it is in `audit --json` too, to its last place. */
export function verdictText(audit: Audit): string {
  return [heading(audit), table(audit), reasons(audit), missing(audit), footer(audit)]
    .filter((part) => part !== '')
    .join('\n');
}

function heading({ quarter, window, stack }: Audit): string {
  const name = quarter ?? `${window.start} to ${window.end}`;
  const partial = window.partial ? `, partial: so far, up to ${window.end}` : '';
  const { base } = stack.savingUsd;
  const saving = base === null ? '' : `, saving ${dollars(decimal(base))} against keeping all`;
  const bare = stack.withoutLabor;
  const bareSaving = bare.savingUsd === null ? '' : `, ${dollars(decimal(bare.savingUsd))}`;
  return [
    `Rent check ${name}${partial}`,
    `Verdict: ${stack.verdict}${saving}`,
    `Without people's time: ${bare.verdict}${bareSaving}`,
    '',
  ].join('\n');
}

const COLUMNS = [
  'deployment',
  'verdict',
  'spend',
  'tokens',
  '$/Mtok',
  'hosted $/Mtok',
  'utilization',
  'coverage',
];
const FIGURES = [2, 3, 4, 5, 6, 7];

function table({ deployments, totals }: Audit): string {
  const unclaimed = decimal(totals.unattributedUsd);
  const unattributed = ['(unattributed)', '', dollars(unclaimed), '', '', '', '', ''];
  const rows = deployments.map(row);
  return textTable(COLUMNS, unclaimed.num === 0n ? rows : [...rows, unattributed], FIGURES);
}

function row(deployment: AuditDeployment): string[] {
  return [
    deployment.id,
    deployment.verdict,
    dollars(decimal(deployment.spendUsd)),
    wholeNumber(deployment.tokens),
    known(deployment.effectiveUsdPerMtok, usdPerMtok),
    known(deployment.hosted?.usdPerMtok ?? null, usdPerMtok),
    known(deployment.utilization, percent),
    known(deployment.coverage, percent),
  ];
}

function known(figure: string | null, print: typeof percent): string {
  return figure === null ? UNKNOWN : print(decimal(figure));
}

/** Where evidence is missing, that is the reason; it has a list of its own. */
function reasons({ stack }: Audit): string {
  return bullets(
    'Why',
    stack.reasons.filter((reason) => !stack.missing.includes(reason)),
  );
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
