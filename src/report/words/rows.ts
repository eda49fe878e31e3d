/** Knows the table: a row a deployment, the dearest first, what is left out, and the total. */

import { compare, decimal, type Exact, isZero, sum } from '../../domain/exact.ts';
import type { Audit, AuditDeployment, OptionName, Verdict } from '../../verdict/audit.ts';
import { counted, dollars, percent, tokenCount, UNKNOWN } from '../format.ts';
import { shownName } from '../label.ts';
import { priceText, utilization } from './figures.ts';
import { known, nearestOption, optionOf, useOfRent } from './reading.ts';

export interface Row {
  readonly name: string;
  /** The model served, or what kind of line this is. */
  readonly model: string;
  readonly verdict: string;
  /** How the verdict is colored: act, leave, or wait. */
  readonly tone: 'act' | 'leave' | 'wait' | 'none';
  readonly spend: string;
  readonly tokens: string;
  readonly owned: string;
  readonly hosted: string;
  readonly utilization: string;
  /** Saving of the planned option, or of the option nearest to paying: negative where change costs more. */
  readonly saving: string;
}

/** So many rows keep the mail below what mail clients cut off. */
const MOST_ROWS = 10;

const NOTHING = '\u2013';

export function rowsOf(audit: Audit): Row[] {
  const dearest = [...audit.deployments].sort((a, b) => compare(spendOf(b), spendOf(a)));
  const plan = new Map(audit.stack.bestPlan.map(({ deployment, option }) => [deployment, option]));
  const shown = dearest.slice(0, MOST_ROWS);
  const lines = shown.map((deployment) => deploymentRow(deployment, plan.get(deployment.id)));
  const rest = [...leftOut(dearest.slice(MOST_ROWS)), ...unattributed(audit)];
  const alone = lines.length + rest.length <= 1;
  return [...lines, ...rest, ...(alone ? [] : [totalRow(audit)])];
}

function deploymentRow(deployment: AuditDeployment, planned: OptionName | undefined): Row {
  const figures =
    planned === undefined || planned === 'keep'
      ? nearestOption(deployment)
      : optionOf(deployment, planned);
  return {
    name: shownName(deployment.id),
    model: shownName(deployment.model),
    verdict: deployment.verdict,
    tone: toneOf(deployment.verdict),
    spend: dollars(spendOf(deployment)),
    tokens: tokenCount(deployment.tokens),
    owned: priceText(known(deployment.effectiveUsdPerMtok)),
    hosted: priceText(known(deployment.hosted?.usdPerMtok)),
    utilization: shareText(known(deployment.utilization)),
    saving: amountText(known(figures?.savingUsd)),
  };
}

function toneOf(verdict: Verdict): Row['tone'] {
  switch (verdict) {
    case 'keep':
    case 'keep (required)':
      return 'leave';
    case 'too close to call':
    case 'not enough evidence':
      return 'wait';
    default:
      return 'act';
  }
}

const NO_FIGURES = {
  verdict: NOTHING,
  tone: 'none',
  tokens: NOTHING,
  owned: NOTHING,
  hosted: NOTHING,
  utilization: NOTHING,
  saving: NOTHING,
} as const;

function leftOut(rest: readonly AuditDeployment[]): Row[] {
  if (rest.length === 0) return [];
  const spend = dollars(sum(rest.map(spendOf)));
  const tokens = tokenCount(rest.reduce((total, { tokens }) => total + tokens, 0));
  return [
    { ...NO_FIGURES, name: `and ${rest.length} more`, model: 'in report.json', spend, tokens },
  ];
}

function unattributed({ totals }: Audit): Row[] {
  const spend = decimal(totals.unattributedUsd);
  if (isZero(spend)) return [];
  return [
    {
      ...NO_FIGURES,
      name: 'No deployment',
      model: 'spend that matches none',
      spend: dollars(spend),
    },
  ];
}

function totalRow({ totals, stack, deployments }: Audit): Row {
  const use = useOfRent(deployments);
  return {
    name: 'All',
    model: counted(deployments.length, 'deployment'),
    verdict: stack.verdict,
    tone: toneOf(stack.verdict),
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
