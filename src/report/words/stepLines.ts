/** Steps in the order of the plan: numbered, and summed to the headline's dollars. */

import { compare, decimal, type Exact, isZero, negate, subtract, sum } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import type { AuditStep } from '../../verdict/auditDecision.ts';
import { dollars, UNKNOWN } from '../format.ts';
import { known } from './reading.ts';
import type { Reader } from '../locale.ts';

export interface Step {
  /** `more` is a line for the steps that are left out, `rest` one for what is no step. */
  readonly kind: 'step' | 'more' | 'rest' | 'total';
  /** `1`, `2`, …; empty for a line that is no step but explains the sum. */
  readonly mark: string;
  readonly what: string;
  /** Dollars saved; empty where a step is not about money. */
  readonly worth: string;
}

/** A step before it has a number; `undefined` is money that is not known. */
export interface Deed {
  readonly what: string;
  readonly worth: string;
  readonly usd: Exact | undefined;
  /** True of what a verdict lacks, which may be listed elsewhere. */
  readonly isMissing: boolean;
  /** Absent where the audit has none for it. */
  readonly step?: AuditStep;
  /** Dollars that hang on what saves nothing itself, where no step states them. */
  readonly stakeUsd?: Exact;
}

/** So many of the plan's steps are told one by one, and so many of those beside it. */
const MOST_STEPS = 10;

/** All there is to do, before it is cut: what the decision changes, and what stands beside it. */
export interface Deeds {
  readonly plan: readonly Deed[];
  readonly after: readonly Deed[];
}

/**
 * The plan's deeds up to the last with money, their sum, then the rest; numbered through. Of each
 * kind at most ten, then one line for all that are left out.
 */
export function laidOut(audit: Audit, { plan, after }: Deeds, reader: Reader): Step[] {
  const shown = plan.slice(0, MOST_STEPS);
  const numbered = [...shown, ...after.slice(0, MOST_STEPS)].map(
    ({ what, worth }, at): Step => ({ kind: 'step', mark: String(at + 1), what, worth }),
  );
  const summed = shown.length < plan.length ? shown.length : shown.findLastIndex(isMoney) + 1;
  return [
    ...numbered.slice(0, summed),
    ...closing(audit, plan, reader),
    ...numbered.slice(summed),
    ...leftOut(after.slice(MOST_STEPS), reader),
  ];
}

function isMoney({ usd }: Pick<Deed, 'usd'>): boolean {
  return usd === undefined || usd.num !== 0n;
}

/** What lies between the sum of the steps and the headline, and the headline's own figure. */
function closing(audit: Audit, plan: readonly Deed[], reader: Reader): Step[] {
  const total = known(audit.stack.savingUsd.base);
  const left = leftOut(plan.slice(MOST_STEPS), reader);
  const saved = totalOf(plan);
  const earning = plan.filter(isMoney);
  if (earning.length === 0 || total === undefined || saved === undefined) return left;
  const lines = [...left, ...restOfStack(subtract(total, saved), reader)];
  if (lines.length === 0 && earning.length === 1) return [];
  return [...lines, { ...line('Total', total, reader), kind: 'total' }];
}

/** How many are left out, and what they save together. */
function leftOut(deeds: readonly Deed[], reader: Reader): Step[] {
  if (deeds.length === 0) return [];
  const more = line(`and ${deeds.length} more, in report.json`, totalOf(deeds), reader);
  return [{ ...more, kind: 'more' }];
}

function line(what: string, usd: Exact | undefined, reader: Reader): Step {
  return { kind: 'rest', mark: '', what, worth: worthOf(usd, reader) };
}

/** `$1,200`, `unknown`; empty for what is not about money. */
export function worthOf(usd: Exact | undefined, reader: Reader): string {
  if (usd === undefined) return UNKNOWN;
  return isZero(usd) ? '' : dollars(usd, reader);
}

/** What deeds save together; not known as soon as one of them is not. */
function totalOf(deeds: readonly Deed[]): Exact | undefined {
  const savings = deeds.flatMap(({ usd }) => usd ?? []);
  return savings.length < deeds.length ? undefined : sum(savings);
}

const CENT = decimal('0.01');

/** What belongs to no single deployment: fixed engineering time, shared commitments. */
function restOfStack(rest: Exact, reader: Reader): Step[] {
  if (compare(rest, CENT) < 0 && compare(rest, negate(CENT)) > 0) return [];
  return [line('Shared engineering time and shared commitments of the whole stack', rest, reader)];
}
