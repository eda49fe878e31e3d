/** Knows the table: a row a deployment, the dearest first, what is left out, and the total. */

import { decimal, type Exact, isZero, sum } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import type { AuditDeployment } from '../../verdict/auditDeployment.ts';
import type { Verdict } from '../../verdict/auditWord.ts';
import { counted, dollars, percent, tokenCount, UNKNOWN } from '../format.ts';
import { shownName } from '../label.ts';
import { boughtFigures } from './bought.ts';
import { priceText, utilization } from './figures.ts';
import { oddsText, likelyAside } from './odds.ts';
import { dearestFirst, decidedPlan, known, nearestOption, optionOf, useOfRent } from './reading.ts';
import { reasonOf } from './reasons.ts';

export interface Row {
  readonly name: string;
  /** The model served; what stands behind the line where it is no deployment's. */
  readonly model: string;
  readonly verdict: string;
  /** Why, in a sentence or two; may be empty, as may the model. */
  readonly reason: string;
  /**
   * How the line is colored: act, leave or wait; `rest` sums up those that are not listed, `none`
   * and `all` are no deployment's.
   */
  readonly tone: 'act' | 'leave' | 'wait' | 'rest' | 'none' | 'all';
  readonly spend: string;
  readonly tokens: string;
  readonly owned: string;
  readonly hosted: string;
  readonly utilization: string;
  /**
   * Saving of the planned option, or of the option nearest to paying: negative where change costs
   * more.
   */
  readonly saving: string;
}

/** So many rows keep the mail below what mail clients cut off. */
const MOST_ROWS = 10;

const NOTHING = '\u2013';

export function rowsOf(audit: Audit): Row[] {
  const dearest = dearestFirst(audit);
  const shown = dearest.slice(0, MOST_ROWS);
  const lines = shown.map((deployment) => deploymentRow(audit, deployment));
  const rest = [...leftOut(dearest.slice(MOST_ROWS)), ...unattributed(audit)];
  const alone = lines.length + rest.length <= 1;
  return [...lines, ...rest, ...(alone ? [] : [totalRow(audit)]), ...bought(audit)];
}

function deploymentRow(audit: Audit, deployment: AuditDeployment): Row {
  const planned = decidedPlan(audit).find(({ deployment: id }) => id === deployment.id)?.option;
  const figures =
    planned === undefined || planned === 'keep'
      ? nearestOption(deployment)
      : optionOf(deployment, planned);
  return {
    name: shownName(deployment.id),
    model: shownName(deployment.model),
    verdict: verdictText(deployment),
    reason: reasonOf(audit, deployment),
    tone: TONES[deployment.verdict] ?? 'act',
    spend: dollars(spendOf(deployment)),
    tokens: tokenCount(deployment.tokens),
    owned: priceText(known(deployment.effectiveUsdPerMtok)),
    hosted: priceText(known(deployment.hosted?.usdPerMtok)),
    utilization: shareText(known(deployment.utilization)),
    saving: amountText(known(figures?.savingUsd)),
  };
}

/** `delete (96% likely)`, `not certain enough (odds 62%)`; what is kept has no probability. */
function verdictText({ verdict, probability }: AuditDeployment): string {
  const odds = known(probability);
  if (odds === undefined || TONES[verdict] === 'leave') return verdict;
  if (verdict === 'not enough evidence') return verdict;
  const isOpen = TONES[verdict] === 'wait';
  return `${verdict}${isOpen ? ` (odds ${oddsText(odds)})` : likelyAside(probability)}`;
}

const TONES: Readonly<Partial<Record<Verdict, Row['tone']>>> = {
  keep: 'leave',
  'keep (required)': 'leave',
  'too small to act on': 'wait',
  'not certain enough': 'wait',
  'too close to call': 'wait',
  'not enough evidence': 'wait',
};

const NO_FIGURES = {
  reason: '',
  tone: 'none',
  tokens: NOTHING,
  owned: NOTHING,
  hosted: NOTHING,
  utilization: NOTHING,
  saving: NOTHING,
} as const;

function leftOut(rest: readonly AuditDeployment[]): Row[] {
  if (rest.length === 0) return [];
  return [
    {
      ...NO_FIGURES,
      tone: 'rest',
      name: `And ${rest.length} more`,
      model: verdictCounts(rest),
      verdict: 'in deployments.csv',
      spend: dollars(sum(rest.map(spendOf))),
      tokens: tokenCount(rest.reduce((total, { tokens }) => total + tokens, 0)),
    },
  ];
}

/** `20 keep, 10 delete`: the most frequent first. */
export function verdictCounts(deployments: readonly AuditDeployment[]): string {
  const grouped = Map.groupBy(deployments, ({ verdict }) => verdict);
  return [...grouped]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([verdict, of]) => `${of.length} ${verdict}`)
    .join(', ');
}

function unattributed({ totals }: Audit): Row[] {
  const spend = decimal(totals.unattributedUsd);
  if (isZero(spend)) return [];
  return [
    {
      ...NO_FIGURES,
      name: 'No deployment',
      model: 'matches nothing in rentcheck.yaml',
      verdict: 'not attributed',
      spend: dollars(spend),
    },
  ];
}

/** Beside the total, which is rent. */
function bought({ totals }: Audit): Row[] {
  const figures = boughtFigures(totals);
  if (figures === undefined) return [];
  const { spend, tokens, captured } = figures;
  const name = 'Bought from hosts already';
  return [{ ...NO_FIGURES, name, model: captured, verdict: 'not in the total', spend, tokens }];
}

function totalRow({ totals, stack, deployments }: Audit): Row {
  const use = useOfRent(deployments);
  return {
    name: 'All',
    model: verdictCounts(deployments),
    verdict: counted(deployments.length, 'deployment'),
    reason: '',
    tone: 'all',
    spend: dollars(decimal(totals.spendUsd)),
    tokens: tokenCount(totals.tokens),
    owned: priceText(known(totals.effectiveUsdPerMtok)),
    hosted: priceText(known(totals.hostedUsdPerMtok)),
    utilization: shareText(use === undefined ? undefined : utilization(deployments, use)),
    saving: amountText(known(stack.savingUsd.base)),
  };
}

function spendOf({ spendUsd }: AuditDeployment): Exact {
  return decimal(spendUsd);
}

function shareText(share: Exact | undefined): string {
  return share === undefined ? UNKNOWN : percent(share);
}

function amountText(amount: Exact | undefined): string {
  return amount === undefined ? UNKNOWN : dollars(amount);
}
