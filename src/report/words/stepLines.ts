/** Knows how steps stand in the plan: numbered, and summed to the headline's dollars. */

import { compare, decimal, type Exact, negate, subtract, sum, ZERO } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import { dollars } from '../format.ts';
import { known } from './reading.ts';

export interface Step {
  readonly kind: 'step' | 'rest' | 'total';
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
}

const MOST_STEPS = 10;

/** The plan's deeds up to the last with money, their sum, then the rest; numbered through. */
export function laidOut(audit: Audit, plan: readonly Deed[], after: readonly string[]): Step[] {
  const shown = plan.slice(0, MOST_STEPS);
  const numbered = [...shown, ...after.map((what) => ({ what, worth: '' }))].map(
    ({ what, worth }, at): Step => ({ kind: 'step', mark: String(at + 1), what, worth }),
  );
  const summed = shown.length < plan.length ? shown.length : shown.findLastIndex(isMoney) + 1;
  return [...numbered.slice(0, summed), ...closing(audit, plan), ...numbered.slice(summed)];
}

function isMoney({ usd }: Pick<Deed, 'usd'>): boolean {
  return usd === undefined || usd.num !== 0n;
}

/** What lies between the sum of the steps and the headline, and the headline's own figure. */
function closing(audit: Audit, plan: readonly Deed[]): Step[] {
  const total = known(audit.stack.savingUsd.base);
  const savings = plan.map(({ usd }) => usd);
  const earning = plan.filter(isMoney);
  if (earning.length === 0 || total === undefined || savings.includes(undefined)) return [];
  const left = savings.slice(MOST_STEPS);
  const lines = [
    ...(left.length === 0 ? [] : [line(`and ${left.length} more, in report.json`, totalOf(left))]),
    ...restOfStack(subtract(total, totalOf(savings))),
  ];
  if (lines.length === 0 && earning.length === 1) return [];
  return [...lines, { ...line('Together', total), kind: 'total' }];
}

function line(what: string, worth: Exact): Step {
  return { kind: 'rest', mark: '', what, worth: dollars(worth) };
}

function totalOf(savings: readonly (Exact | undefined)[]): Exact {
  return sum(savings.map((saving) => saving ?? ZERO));
}

const CENT = decimal('0.01');

/** What belongs to no single deployment: people's time that any hosting or self-hosting takes. */
function restOfStack(rest: Exact): Step[] {
  if (compare(rest, CENT) < 0 && compare(rest, negate(CENT)) > 0) return [];
  return [line("For the stack as a whole: people's time, shared commitments", rest)];
}
