/** Numbers the plan's steps, and sums them to the headline's saving. */

import { compare, decimal, type Exact, isZero, negate, subtract, sum } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import type { AuditStep } from '../../verdict/auditDecision.ts';
import { dollars, UNKNOWN } from '../format.ts';
import { knownAmount } from './reading.ts';
import type { Reader } from '../locale.ts';

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
  readonly step?: AuditStep;
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
  audit: Audit,
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
function closing(audit: Audit, plan: readonly ListedStep[], reader: Reader): NumberedStep[] {
  const total = knownAmount(audit.stack.savingUsd.base);
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
export function savingText(usd: Exact | undefined, reader: Reader): string {
  if (usd === undefined) return UNKNOWN;
  return isZero(usd) ? '' : dollars(usd, reader);
}

/** Sum of the savings. `undefined` if one is unknown. */
function totalOf(steps: readonly ListedStep[]): Exact | undefined {
  const savings = steps.flatMap(({ usd }) => usd ?? []);
  return savings.length < steps.length ? undefined : sum(savings);
}

const CENT = decimal('0.01');

/** The amount that belongs to no single deployment: fixed engineering time, shared commitments. */
function restOfStack(rest: Exact, reader: Reader): NumberedStep[] {
  if (compare(rest, CENT) < 0 && compare(rest, negate(CENT)) > 0) return [];
  return [line('Shared engineering time and shared commitments of the whole stack', rest, reader)];
}
