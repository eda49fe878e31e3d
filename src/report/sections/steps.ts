/** Lists what to do next. The steps' dollars sum to the headline's saving. */

import {
  compare,
  decimal,
  type Exact,
  isZero,
  negate,
  subtract,
  sum,
  ZERO,
} from '../../domain/exact.ts';
import type { StepAction, AuditStep } from '../../verdict/auditDecision.ts';
import { stepSentence } from '../copy/steps.ts';
import { factSentence } from './completeAudit.ts';
import {
  type AuditReading,
  type DeploymentChange,
  isConclusive,
  isOpen,
  type StackReading,
} from './auditReading.ts';
import type { Reading } from './storedAmounts.ts';
import { counted, dollars, percent, UNKNOWN, orUnknown, dayName } from '../format.ts';
import { missingSentences } from './reasons.ts';
import type { Reader } from '../locale.ts';
import { shownName, capital } from '../displayText.ts';
import { changePhrase } from '../copy/changes.ts';

/** All steps, without a limit. */
export function listSteps(audit: AuditReading, reader: Reader): ListedSteps {
  const { steps } = audit.stack;
  const waits = keepingSteps(audit);
  if (steps.length === 0) {
    const lacking = missingEvidenceSteps(audit, reader);
    const after = [...waits, ...lacking, ...evidenceSteps(audit, reader)];
    return { plan: derivePlanSteps(audit, reader), others: after };
  }
  const attributing = attributionSteps(audit, reader);
  if (audit.situation === 'change') {
    const plan = steps.map((step) => fromAuditStep(step, audit.stack, reader));
    return { plan, others: attributing };
  }
  const rest = steps.filter(({ action }) => BESIDE_THE_PLAN.has(action));
  const beside = rest.map((step) => fromAuditStep(step, audit.stack, reader));
  return { plan: [], others: [...waits, ...beside, ...attributing] };
}

/** A step without a saving of its own. Dollars may be at stake. */
function stepWithoutSaving(what: string, stakeUsd?: Exact): ListedStep {
  const stake = stakeUsd === undefined ? {} : { stakeUsd };
  return { what, worth: '', usd: ZERO, isMissing: false, ...stake };
}

/** Actions that are listed even if the plan changes nothing. */
export const BESIDE_THE_PLAN: ReadonlySet<StepAction> = new Set([
  'renegotiate',
  'renew-waiver',
  'get-evidence',
  'attribute',
  'decide-contract',
  'review',
]);

function fromAuditStep(step: Reading<AuditStep>, stack: StackReading, reader: Reader): ListedStep {
  const { savingUsd: usd } = step;
  return {
    what: stepText(step, reader),
    worth: savingText(usd, reader),
    usd,
    isMissing: isMissing(step, stack),
    step,
  };
}

/** Whether a step is missing evidence. Audits of older versions have only texts. */
function isMissing({ detail, text }: Reading<AuditStep>, stack: StackReading): boolean {
  if (detail === undefined) return stack.missing.includes(text);
  if (!('missing' in detail)) return false;
  const fact = JSON.stringify(detail.missing);
  return stack.missingDetails?.some((each) => JSON.stringify(each) === fact) === true;
}

/** Text of a step, with its deadline unless the text already has it. */
function stepText({ action, detail, text, by }: Reading<AuditStep>, reader: Reader): string {
  const what = factSentence({ fact: detail, stored: text }, stepSentence, reader).replace(
    /\.$/,
    '',
  );
  return by === null || DATED.has(action) ? what : `${what} (by ${dayName(by, reader)})`;
}

const DATED: ReadonlySet<StepAction> = new Set(['renegotiate', 'renew-waiver']);

function keepingSteps({ deployments, totals, stack, situation }: AuditReading): ListedStep[] {
  if (stack.steps.some(({ action }) => action === 'review')) return [];
  const which =
    deployments.length === 1
      ? 'the deployment as it is'
      : `all ${deployments.length} deployments as they are`;
  if (situation === 'keep') return [stepWithoutSaving(`Keep ${which}`, totals.spendUsd)];
  if (!isOpen(situation)) return [];
  return [stepWithoutSaving(`Keep ${which}, and decide again in the next report`, totals.spendUsd)];
}

/** Steps for missing evidence, if there is no verdict. */
function missingEvidenceSteps({ stack, situation }: AuditReading, reader: Reader): ListedStep[] {
  if (isConclusive(situation)) return [];
  return missingSentences(stack, reader).map((text) => {
    return { ...stepWithoutSaving(text.replace(/\.$/, '')), isMissing: true };
  });
}

/** Steps that improve the evidence of the next report. */
function evidenceSteps(audit: AuditReading, reader: Reader): ListedStep[] {
  const { deployments } = audit;
  const expired = deployments.flatMap(({ id, waiver }) =>
    waiver?.expired === true
      ? [stepWithoutSaving(askAgain(shownName(id), shownName(waiver.owner)))]
      : [],
  );
  return [...expired, ...attributionSteps(audit, reader)];
}

function askAgain(deployment: string, owner: string): string {
  return `Ask ${owner} whether ${deployment} must stay self-hosted. Its waiver has expired`;
}

function attributionSteps(
  { totals: { unattributedUsd, unattributedShare: share }, stack }: AuditReading,
  reader: Reader,
): ListedStep[] {
  const isListed = stack.steps.some(({ action }) => action === 'attribute');
  if (isZero(unattributedUsd) || isListed) return [];
  const part = share === undefined ? '' : ` (${percent(share, reader)} of the spend)`;
  const what = `Match ${dollars(unattributedUsd, reader)}${part} to a deployment in rentcheck.yaml`;
  return [stepWithoutSaving(what, unattributedUsd)];
}

/** A step for each planned change. Empty unless the verdict is to change something. */
function derivePlanSteps(audit: AuditReading, reader: Reader): ListedStep[] {
  return audit.situation === 'change' ? audit.changes.map((each) => changeStep(each, reader)) : [];
}

function changeStep({ deployment, option, figures }: DeploymentChange, reader: Reader): ListedStep {
  const usd = figures?.savingUsd;
  const action = capital(changePhrase(option, shownName(deployment.id)));
  const what = `${action}${howTo(deployment.hosted?.host, figures, reader)}`;
  return { what, worth: orUnknown(dollars, usd, reader), usd, isMissing: false };
}

function howTo(
  host: string | undefined,
  figures: DeploymentChange['figures'],
  reader: Reader,
): string {
  if (figures?.option === 'delete' && host !== undefined) {
    return ` and send its tokens to ${shownName(host)}`;
  }
  const replicas = figures?.detail.replicas;
  if (figures?.option !== 'hybrid' || replicas === undefined) return '';
  const rest = host === undefined ? 'a hosted API' : shownName(host);
  return ` at ${counted(replicas, 'replica', reader)} and send the overflow to ${rest}`;
}

export interface NumberedStep {
  /** `more` sums steps that are left out. `rest` is an amount that belongs to no step. */
  readonly kind: 'step' | 'more' | 'rest' | 'total';
  /** `1`, `2`, …. Empty for a line that only explains the sum. */
  readonly mark: string;
  readonly what: string;
  /** Dollars saved. Empty for a step without a saving. */
  readonly worth: string;
}

/** A step before numbering. An `usd` of `undefined` is unknown. */
export interface ListedStep {
  readonly what: string;
  readonly worth: string;
  readonly usd: Exact | undefined;
  /** True for missing evidence, which may be listed elsewhere. */
  readonly isMissing: boolean;
  /** Absent if the audit has no such step. */
  readonly step?: Reading<AuditStep>;
  /** Dollars at stake without a saving of its own, if no step states them. */
  readonly stakeUsd?: Exact;
}

/** Maximum steps listed: of the plan, and of the others. */
const MOST_STEPS = 10;

/** All steps before the limit: the plan's changes, and others. */
export interface ListedSteps {
  readonly plan: readonly ListedStep[];
  readonly others: readonly ListedStep[];
}

/**
 * Lists the plan's steps up to the last one with a saving, their sum, then the others, numbered
 * throughout. At most ten of each kind, then one line for the rest.
 */
export function numberSteps(
  audit: AuditReading,
  { plan, others }: ListedSteps,
  reader: Reader,
): NumberedStep[] {
  const shown = plan.slice(0, MOST_STEPS);
  const numbered = [...shown, ...others.slice(0, MOST_STEPS)].map(
    ({ what, worth }, at): NumberedStep => ({ kind: 'step', mark: String(at + 1), what, worth }),
  );
  const summed = shown.length < plan.length ? shown.length : shown.findLastIndex(isMoney) + 1;
  return [
    ...numbered.slice(0, summed),
    ...closing(audit, plan, reader),
    ...numbered.slice(summed),
    ...leftOut(others.slice(MOST_STEPS), reader),
  ];
}

function isMoney({ usd }: Pick<ListedStep, 'usd'>): boolean {
  return usd === undefined || usd.num !== 0n;
}

/** Lines between the steps' sum and the headline's saving, and the total. */
function closing(audit: AuditReading, plan: readonly ListedStep[], reader: Reader): NumberedStep[] {
  const total = audit.stack.savingUsd.base;
  const left = leftOut(plan.slice(MOST_STEPS), reader);
  const saved = totalOf(plan);
  const earning = plan.filter(isMoney);
  if (earning.length === 0 || total === undefined || saved === undefined) return left;
  const lines = [...left, ...restOfStack(subtract(total, saved), reader)];
  if (lines.length === 0 && earning.length === 1) return [];
  return [...lines, { ...line('Total', total, reader), kind: 'total' }];
}

/** The number of steps left out, and their sum. */
function leftOut(steps: readonly ListedStep[], reader: Reader): NumberedStep[] {
  if (steps.length === 0) return [];
  const more = line(`and ${steps.length} more, in report.json`, totalOf(steps), reader);
  return [{ ...more, kind: 'more' }];
}

function line(what: string, usd: Exact | undefined, reader: Reader): NumberedStep {
  return { kind: 'rest', mark: '', what, worth: savingText(usd, reader) };
}

/** `$1,200`, `unknown`. Empty for 0. */
function savingText(usd: Exact | undefined, reader: Reader): string {
  if (usd === undefined) return UNKNOWN;
  return isZero(usd) ? '' : dollars(usd, reader);
}

/** Sum of the savings. `undefined` if one is unknown. */
function totalOf(steps: readonly ListedStep[]): Exact | undefined {
  const savings = steps.flatMap(({ usd }) => usd ?? []);
  return savings.length < steps.length ? undefined : sum(savings);
}

export const SHARED_COST = 'Shared engineering time and shared commitments of the whole stack';

const CENT = decimal('0.01');

/** True for an amount that only rounding left over. */
export function isUnderACent(usd: Exact): boolean {
  return compare(usd, CENT) < 0 && compare(usd, negate(CENT)) > 0;
}

/** The amount that belongs to no single deployment: fixed engineering time, shared commitments. */
function restOfStack(rest: Exact, reader: Reader): NumberedStep[] {
  return isUnderACent(rest) ? [] : [line(SHARED_COST, rest, reader)];
}
