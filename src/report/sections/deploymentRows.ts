/** Builds the table of deployments: most expensive first, then the rest and the total. */

import { type Exact, isZero, subtract, sum, ZERO } from '../../domain/exact.ts';
import type { Verdict } from '../../verdict/auditWord.ts';
import { shownName } from '../displayText.ts';
import { hostedPurchaseFigures } from './hostedPurchases.ts';
import { priceText } from './mainFigures.ts';
import type { AuditReading } from './auditReading.ts';
import type { DeploymentReading } from './deploymentReading.ts';
import {
  counted,
  dollars,
  dollarsTo,
  likelyAside,
  percent,
  probabilityText,
  tokenCount,
  UNKNOWN,
  orUnknown,
} from '../format.ts';
import { deploymentReasonText } from './reasons.ts';
import { countDecimals, summedParts } from './summedAmounts.ts';
import type { Reader } from '../locale.ts';

export interface DeploymentRow {
  readonly name: string;
  /** The model served. For other rows, a description. */
  readonly model: string;
  readonly verdict: string;
  /** Why, in one or two sentences. May be empty, like the model. */
  readonly reason: string;
  /**
   * Color of the row: act, leave or wait. `rest` sums deployments that are not listed. `none` and
   * `all` are not deployments.
   */
  readonly tone: 'act' | 'leave' | 'wait' | 'rest' | 'none' | 'all';
  readonly spend: string;
  readonly tokens: string;
  readonly selfHosted: string;
  readonly hosted: string;
  readonly utilization: string;
  /** Saving of its planned change. The column sums to the plan's saving. */
  readonly saving: string;
}

/** Maximum rows, to keep the email below the size that clients cut off. */
const MOST_ROWS = 10;

const NOTHING = '\u2013';

export function deploymentRows(audit: AuditReading, reader: Reader): DeploymentRow[] {
  const ordered = audit.mostExpensiveFirst;
  const saved = savingsOf(audit, reader);
  const shown = ordered.slice(0, MOST_ROWS);
  const lines = shown.map((deployment) => deploymentRow(audit, deployment, saved, reader));
  const rest = [
    ...leftOut(ordered.slice(MOST_ROWS), saved, reader),
    ...unattributed(audit, reader),
    ...sharedRow(saved, lines.length),
  ];
  const isSingle = lines.length + rest.length <= 1;
  return [
    ...lines,
    ...rest,
    ...(isSingle ? [] : [totalRow(audit, reader)]),
    ...bought(audit, reader),
  ];
}

interface Savings {
  /** Printed savings by deployment. Kept deployments are absent. Unknown savings are undefined. */
  readonly byDeployment: ReadonlyMap<string, Exact | undefined>;
  /** Fixed engineering time and shared commitments, which belong to no single deployment. */
  readonly shared: Exact;
  readonly text: (usd: Exact) => string;
}

/** Savings, rounded to add up to the plan's saving. Rounded one by one if one is unknown. */
function savingsOf(audit: AuditReading, reader: Reader): Savings {
  const changes = audit.changes;
  const savings = changes.map(({ figures }) => figures?.savingUsd);
  const amounts = savings.flatMap((saving) => saving ?? []);
  const total = audit.stack.savingUsd.base;
  const ids = changes.map(({ deployment }) => deployment.id);
  if (total === undefined || amounts.length < changes.length || changes.length === 0) {
    const byDeployment = new Map(ids.map((id, at) => [id, savings[at]] as const));
    return { byDeployment, shared: ZERO, text: (usd) => dollars(usd, reader) };
  }
  const places = countDecimals(total);
  const printed = summedParts([...amounts, subtract(total, sum(amounts))], total, places);
  const byDeployment = new Map(ids.map((id, at) => [id, printed[at]] as const));
  const text = (usd: Exact) => dollarsTo(usd, places, reader);
  return { byDeployment, shared: printed[ids.length] ?? ZERO, text };
}

function sharedRow({ shared, text }: Savings, rows: number): DeploymentRow[] {
  if (isZero(shared) || rows < 2) return [];
  const verdict = 'for the whole stack';
  const model = 'fixed engineering time, shared commitments';
  const none = { ...NO_FIGURES, spend: NOTHING, saving: text(shared) };
  return [{ ...none, name: 'Shared', model, verdict }];
}

function savingText(id: string, { byDeployment, text }: Savings): string {
  if (!byDeployment.has(id)) return NOTHING;
  const saving = byDeployment.get(id);
  return saving === undefined ? UNKNOWN : text(saving);
}

function deploymentRow(
  audit: AuditReading,
  deployment: DeploymentReading,
  saved: Savings,
  reader: Reader,
): DeploymentRow {
  return {
    name: shownName(deployment.id),
    model: shownName(deployment.model),
    verdict: verdictText(deployment, reader),
    reason: deploymentReasonText(audit, deployment, reader),
    tone: TONES[deployment.verdict] ?? 'act',
    spend: dollars(deployment.spendUsd, reader),
    tokens: tokenCount(deployment.tokens, reader),
    selfHosted: priceText(deployment.effectiveUsdPerMtok, reader),
    hosted: priceText(deployment.hosted?.usdPerMtok, reader),
    utilization: orUnknown(percent, deployment.utilization, reader),
    saving: savingText(deployment.id, saved),
  };
}

/**
 * `delete (96% likely)`, `not certain enough (62% likely)`. Kept deployments have no probability.
 */
function verdictText({ verdict, probability }: DeploymentReading, reader: Reader): string {
  if (probability === undefined || TONES[verdict] === 'leave') return verdict;
  if (verdict === 'not enough evidence') return verdict;
  const isOpen = TONES[verdict] === 'wait';
  const aside = isOpen
    ? ` (${probabilityText(probability, reader)} likely)`
    : likelyAside(probability, reader);
  return `${verdict}${aside}`;
}

const TONES: Readonly<Partial<Record<Verdict, DeploymentRow['tone']>>> = {
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
  selfHosted: NOTHING,
  hosted: NOTHING,
  utilization: NOTHING,
  saving: NOTHING,
} as const;

function leftOut(
  rest: readonly DeploymentReading[],
  { byDeployment, text }: Savings,
  reader: Reader,
): DeploymentRow[] {
  if (rest.length === 0) return [];
  const changed = rest.filter(({ id }) => byDeployment.has(id));
  const savings = changed.flatMap(({ id }) => byDeployment.get(id) ?? []);
  const saving = savings.length < changed.length ? UNKNOWN : text(sum(savings));
  return [
    {
      ...NO_FIGURES,
      tone: 'rest',
      name: `And ${rest.length} more`,
      model: verdictCounts(rest),
      verdict: 'in deployments.csv',
      spend: dollars(sum(rest.map(({ spendUsd }) => spendUsd)), reader),
      tokens: tokenCount(
        rest.reduce((total, { tokens }) => total + tokens, 0),
        reader,
      ),
      saving: changed.length === 0 ? NOTHING : saving,
    },
  ];
}

/** `20 keep, 10 delete`: most frequent first. */
function verdictCounts(deployments: readonly DeploymentReading[]): string {
  const grouped = Map.groupBy(deployments, ({ verdict }) => verdict);
  return [...grouped]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([verdict, group]) => `${group.length} ${verdict}`)
    .join(', ');
}

function unattributed({ totals }: AuditReading, reader: Reader): DeploymentRow[] {
  if (isZero(totals.unattributedUsd)) return [];
  return [
    {
      ...NO_FIGURES,
      name: 'Not attributed',
      model: 'matches no deployment in rentcheck.yaml',
      verdict: 'in the total only',
      spend: dollars(totals.unattributedUsd, reader),
    },
  ];
}

/** Hosted spend, which is not part of the total GPU spend. */
function bought(audit: AuditReading, reader: Reader): DeploymentRow[] {
  const figures = hostedPurchaseFigures(audit, reader);
  if (figures === undefined) return [];
  const { spend, tokens, captured } = figures;
  const name = 'Hosted APIs in use already';
  return [{ ...NO_FIGURES, name, model: captured, verdict: 'not in the total', spend, tokens }];
}

function totalRow(audit: AuditReading, reader: Reader): DeploymentRow {
  const { totals, stack, deployments, gpuSpendUse } = audit;
  return {
    name: 'All',
    model: verdictCounts(deployments),
    verdict: counted(deployments.length, 'deployment', reader),
    reason: '',
    tone: 'all',
    spend: dollars(audit.totals.spendUsd, reader),
    tokens: tokenCount(totals.tokens, reader),
    selfHosted: priceText(totals.effectiveUsdPerMtok, reader),
    hosted: priceText(totals.hostedUsdPerMtok, reader),
    utilization: orUnknown(percent, gpuSpendUse?.utilization, reader),
    saving: audit.changes.length === 0 ? NOTHING : orUnknown(dollars, stack.savingUsd.base, reader),
  };
}
