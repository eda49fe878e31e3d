/**
 * Knows what to do next, in order, with the dollars of each step, so that the steps sum to the
 * headline.
 */

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
import type { Audit } from '../../verdict/audit.ts';
import { counted, dollars, percent, UNKNOWN } from '../format.ts';
import { shownName, shownSentence } from '../label.ts';
import { capital, doing } from './plan.ts';
import { type Change, known, plannedChanges, type Situation } from './reading.ts';

export interface Step {
  readonly kind: 'step' | 'rest' | 'total';
  /** `1`, `2`, …; empty for a line that is no step but explains the sum. */
  readonly mark: string;
  readonly what: string;
  /** Dollars saved; empty where a step is not about money. */
  readonly worth: string;
}

const MOST_STEPS = 10;

export function stepsOf(audit: Audit, situation: Situation): Step[] {
  const changes = situation === 'change' ? plannedChanges(audit) : [];
  const shown = changes.slice(0, MOST_STEPS);
  const after = [...waiting(situation), ...repairs(audit, situation)].map((what) => ({
    what,
    worth: '',
  }));
  const numbered = [...shown.map(changeStep), ...after].map(
    (step, index): Step => ({ kind: 'step', mark: String(index + 1), ...step }),
  );
  return [
    ...numbered.slice(0, shown.length),
    ...closing(audit, changes),
    ...numbered.slice(shown.length),
  ];
}

function changeStep({ deployment, option, figures }: Change) {
  const saving = known(figures?.savingUsd);
  const deed = capital(doing(option, shownName(deployment.id)));
  const what = `${deed}${howTo(deployment.hosted?.host, figures)}`;
  return { what, worth: saving === undefined ? UNKNOWN : dollars(saving) };
}

function howTo(host: string | undefined, figures: Change['figures']): string {
  if (figures?.option === 'delete' && host !== undefined) {
    return ` and buy its tokens from ${shownName(host)}`;
  }
  const replicas = figures?.detail.replicas;
  if (figures?.option !== 'hybrid' || replicas === undefined) return '';
  const rest = host === undefined ? 'hosted' : `from ${shownName(host)}`;
  return `: keep ${counted(replicas, 'replica')}, buy the peaks ${rest}`;
}

/** What lies between the sum of the steps and the headline, and the headline's own figure. */
function closing(audit: Audit, changes: readonly Change[]): Step[] {
  const total = known(audit.stack.savingUsd.base);
  const savings = changes.map(({ figures }) => known(figures?.savingUsd));
  if (changes.length === 0 || total === undefined || savings.includes(undefined)) return [];
  const left = savings.slice(MOST_STEPS);
  const lines = [
    ...(left.length === 0 ? [] : [line(`and ${left.length} more, in report.json`, totalOf(left))]),
    ...restOfStack(subtract(total, totalOf(savings))),
  ];
  if (lines.length === 0 && changes.length === 1) return [];
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

function waiting(situation: Situation): string[] {
  if (situation === 'keep') return ['Change nothing: renew the rent as it is'];
  return situation === 'close' ? ['Change nothing yet: look again next quarter'] : [];
}

/** What would make the next report better founded. */
function repairs(audit: Audit, situation: Situation): string[] {
  const { stack, deployments } = audit;
  const missing = situation === 'change' || situation === 'keep' ? [] : stack.missing;
  const expired = deployments.flatMap(({ id, waiver }) =>
    waiver?.expired === true ? [askAgain(shownName(id), shownName(waiver.owner))] : [],
  );
  return [
    ...missing.map((text) => shownSentence(text).replace(/\.$/, '')),
    ...expired,
    ...attribute(audit),
  ];
}

function askAgain(deployment: string, owner: string): string {
  return `Ask ${owner} whether ${deployment} must still stay: its waiver has expired`;
}

function attribute({ totals }: Audit): string[] {
  const unattributed = decimal(totals.unattributedUsd);
  const share = known(totals.unattributedShare);
  if (isZero(unattributed)) return [];
  const part = share === undefined ? '' : ` (${percent(share)} of the spend)`;
  return [`Match ${dollars(unattributed)}${part} to a deployment in rentcheck.yaml`];
}
