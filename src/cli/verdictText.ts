/** Knows how a verdict reads on a terminal: the answer first, then a line a deployment. */

import { counted } from '../domain/counted.ts';
import { decimal, sum } from '../domain/exact.ts';
import { plainText } from '../platform/plainText.ts';
import { dollars, percent, UNKNOWN, usdPerMtok, wholeNumber } from '../report/format.ts';
import { besideLines } from '../report/words/beside.ts';
import { evidenceLines } from '../report/words/evidence.ts';
import { nearestFlips } from '../report/words/flips.ts';
import { leavingLines } from '../report/words/leaving.ts';
import { intervalText, likelyText } from '../report/words/odds.ts';
import { complete } from '../report/words/older.ts';
import { dearestFirst, isAdvice, situationOf, useOfRent } from '../report/words/reading.ts';
import { storedReasons } from '../report/words/reasons.ts';
import { verdictCounts } from '../report/words/rows.ts';
import { totalOf, worthOf } from '../report/words/stepLines.ts';
import { deedsOf } from '../report/words/steps.ts';
import type { Audit } from '../verdict/audit.ts';
import type { AuditDeployment } from '../verdict/auditDeployment.ts';
import type { SavingText, Verdict } from '../verdict/auditWord.ts';
import { bullets, known, MOST_DEPLOYMENTS } from './printedFigures.ts';
import { textTable } from './textTable.ts';

/** A few lines for a person; every figure of it is in `audit --json` too, to its last place. */
export function verdictText(stored: Audit): string {
  const audit = complete(stored);
  return [
    heading(audit),
    table(audit),
    reasons(audit),
    missing(audit),
    bullets('On what the bills rest', evidenceLines(audit)),
    bullets('Usage', audit.deployments.flatMap(besideLines).slice(0, MOST_DEPLOYMENTS)),
    bullets('What stays owed', leavingLines(audit)),
    bullets(UNATTRIBUTED, unattributedLines(audit)),
    bullets('What to do next', nextSteps(audit)),
    bullets('What would change it', nearestFlips(audit, MOST_LINES)),
    footer(audit),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** The whole of it is in the report. */
const MOST_LINES = 3;

function heading({ quarter, window, stack }: Audit): string {
  const name = quarter ?? `${window.start} to ${window.end}`;
  const partial = window.partial ? `, partial: so far, up to ${window.end}` : '';
  const { withoutLabor } = stack;
  const bare = { base: withoutLabor.savingUsd, low: null, high: null };
  const without = `${withoutLabor.verdict}${savingText(withoutLabor, bare)}`;
  return [
    `Rent check ${name}${partial}`,
    `Verdict: ${stack.verdict}${savingText(stack, stack.savingUsd)}`,
    ...(isUnproven(stack) && isUnproven(withoutLabor) ? [] : [`Without people's time: ${without}`]),
    '',
  ].join('\n');
}

const STAYING: ReadonlySet<Verdict> = new Set(['keep', 'keep (required)']);

function isUnproven({ verdict }: { readonly verdict: Verdict }): boolean {
  return verdict === 'not enough evidence';
}

/**
 * `, saving $41,200 (90% interval $12,300 to $61,900, 96% sure)`; staying saves nothing, and where
 * evidence is missing no figure is one.
 */
function savingText(
  { verdict, probability }: Pick<Audit['stack'], 'verdict' | 'probability'>,
  saving: SavingText,
): string {
  if (saving.base === null || isUnproven({ verdict })) return '';
  if (STAYING.has(verdict)) return decimal(saving.base).num === 0n ? '' : amountText(saving.base);
  const aside = [intervalText(saving), likelyText(probability)].filter((part) => part !== '');
  const amount = amountText(saving.base, isAdvice(verdict) ? 'saving' : 'possibly saving');
  return `${amount}${aside.length === 0 ? '' : ` (${aside.join(', ')})`}`;
}

function amountText(usd: string, saving = 'saving'): string {
  return `, ${saving} ${dollars(decimal(usd))}`;
}

function nextSteps(audit: Audit): string[] {
  const { plan, after } = deedsOf(audit, situationOf(audit));
  // What is missing is listed already.
  const deeds = [...plan, ...after].filter(({ isMissing }) => !isMissing);
  const left = deeds.slice(MOST_LINES);
  const more = { what: `and ${left.length} more, in the report`, worth: worthOf(totalOf(left)) };
  return [...deeds.slice(0, MOST_LINES), ...(left.length > 0 ? [more] : [])].map(
    ({ what, worth }) => (worth === '' ? what : `${what}: ${worth}`),
  );
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

/** All deployments in the config's order, or of many those with the largest spend. */
function table(audit: Audit): string {
  const { deployments } = audit;
  if (deployments.length <= MOST_DEPLOYMENTS) {
    return textTable(COLUMNS, [...deployments.map(row), ...unattributed(audit)], FIGURES);
  }
  const dearest = dearestFirst(audit);
  const rest = dearest.slice(MOST_DEPLOYMENTS);
  const rows = [
    ...dearest.slice(0, MOST_DEPLOYMENTS).map(row),
    restRow(rest),
    ...unattributed(audit),
    totalRow(audit),
  ];
  const said = `The other ${rest.length}: ${verdictCounts(rest)}. See --json or deployments.csv.`;
  return `${textTable(COLUMNS, rows, FIGURES)}${plainText(said)}\n`;
}

function unattributed({ totals }: Audit): string[][] {
  const unclaimed = decimal(totals.unattributedUsd);
  if (unclaimed.num === 0n) return [];
  return [['(unattributed)', '', dollars(unclaimed), '', '', '', '', '']];
}

const UNATTRIBUTED =
  'Spend of no deployment: paste each line under `resources` of the deployment that it serves';

/** `{ source: "cloud", match: { id: "node-7" } } # $1,200.00`: behind its dash it is YAML. */
function unattributedLines({ stack }: Audit): string[] {
  return stack.unattributed.map(({ match, usd, name, resources }) => {
    const amount = dollars(decimal(usd));
    if (match === null) return `# and ${amount} of ${counted(resources, 'other resource')}`;
    return `${match} # ${amount}${name === null ? '' : `, ${name}`}`;
  });
}

/** With it the spend of the rows sums to the whole. */
function restRow(rest: readonly AuditDeployment[]): string[] {
  const spend = sum(rest.map(({ spendUsd }) => decimal(spendUsd)));
  const tokens = rest.reduce((total, each) => total + each.tokens, 0);
  return [`(${rest.length} more)`, '', dollars(spend), wholeNumber(tokens), '', '', '', ''];
}

function totalRow({ totals, deployments }: Audit): string[] {
  const use = useOfRent(deployments);
  return [
    '(all)',
    '',
    dollars(decimal(totals.spendUsd)),
    wholeNumber(totals.tokens),
    known(totals.effectiveUsdPerMtok, usdPerMtok),
    known(totals.hostedUsdPerMtok, usdPerMtok),
    use === undefined ? UNKNOWN : percent(use.share),
    known(totals.coverage, percent),
  ];
}

function row(deployment: AuditDeployment): string[] {
  return [
    deployment.id,
    verdictCell(deployment),
    dollars(decimal(deployment.spendUsd)),
    wholeNumber(deployment.tokens),
    known(deployment.effectiveUsdPerMtok, usdPerMtok),
    known(deployment.hosted?.usdPerMtok ?? null, usdPerMtok),
    known(deployment.utilization, percent),
    known(deployment.coverage, percent),
  ];
}

/** Both where they differ: `delete (keep without people's time)`. */
function verdictCell({ verdict, withoutLabor }: AuditDeployment): string {
  if (withoutLabor === null || withoutLabor.verdict === verdict) return verdict;
  return `${verdict} (${withoutLabor.verdict} without people's time)`;
}

/** Where evidence is missing, that is the reason; it has a list of its own. */
function reasons(audit: Audit): string {
  return bullets('Why', storedReasons(audit));
}

function missing({ stack }: Audit): string {
  return bullets('What is missing', stack.missing);
}

function footer({ runId, inputsDigest, asOf }: Audit): string {
  return `run ${runId}, inputs ${inputsDigest.slice(0, 12)}, as of ${asOf}\n`;
}
