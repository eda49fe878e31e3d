/** Knows what to do next, in order, with the dollars of each step, so that the steps sum to the headline. */

import { decimal, isZero, subtract, sum, ZERO } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import { counted, dollars, percent, UNKNOWN } from '../format.ts';
import { shownName, shownSentence } from '../label.ts';
import { capital, doing } from './plan.ts';
import { type Change, known, plannedChanges, type Situation } from './reading.ts';

export interface Step {
  /** `1`, `2`, …; empty for a line that explains a difference or a total. */
  readonly mark: string;
  readonly what: string;
  /** Dollars saved; empty where a step is not about money. */
  readonly worth: string;
}

const MOST_STEPS = 10;

export function stepsOf(audit: Audit, situation: Situation): Step[] {
  const changes = situation === 'change' ? plannedChanges(audit) : [];
  const todo = [...changes.slice(0, MOST_STEPS).map(changeStep)];
  const after = [...waiting(situation), ...repairs(audit, situation)];
  return [
    ...todo.map((step, index) => ({ ...step, mark: String(index + 1) })),
    ...closing(audit, changes),
    ...after.map((what, index) => ({ mark: String(todo.length + index + 1), what, worth: '' })),
  ];
}

function changeStep({ deployment, option, figures }: Change): Step {
  const saving = known(figures?.savingUsd);
  const what = `${capital(doing(option, shownName(deployment.id)))}${howTo(deployment.hosted?.host, figures)}`;
  return { mark: '', what, worth: saving === undefined ? UNKNOWN : dollars(saving) };
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
  if (changes.length === 0 || total === undefined) return [];
  const left = changes.slice(MOST_STEPS);
  const shown = sum(changes.map(({ figures }) => known(figures?.savingUsd) ?? ZERO));
  const rest = subtract(total, shown);
  const lines = [
    left.length === 0 ? undefined : moreLine(left),
    isZero(rest) ? undefined : { mark: '', what: restText(rest.num > 0n), worth: dollars(rest) },
  ].filter((line) => line !== undefined);
  if (lines.length === 0 && changes.length === 1) return [];
  return [...lines, { mark: '', what: 'Together', worth: dollars(total) }];
}

function moreLine(left: readonly Change[]): Step {
  const saving = sum(left.map(({ figures }) => known(figures?.savingUsd) ?? ZERO));
  return { mark: '', what: `and ${left.length} more, in report.json`, worth: dollars(saving) };
}

function restText(frees: boolean): string {
  return frees
    ? "People's time that running any machines of our own takes"
    : "People's time for looking after both kinds of serving";
}

function waiting(situation: Situation): string[] {
  if (situation === 'keep') return ['Change nothing: renew the rent as it is'];
  return situation === 'close' ? ['Change nothing yet: look again next quarter'] : [];
}

/** What would make the next report better founded. */
function repairs(audit: Audit, situation: Situation): string[] {
  const { totals, stack, deployments } = audit;
  const unattributed = decimal(totals.unattributedUsd);
  const share = known(totals.unattributedShare);
  const missing = situation === 'change' || situation === 'keep' ? [] : stack.missing;
  const expired = deployments.filter(({ waiver }) => waiver?.expired === true);
  return [
    ...missing.map((text) => shownSentence(text).replace(/\.$/, '')),
    ...expired.map(
      ({ id, waiver }) =>
        `Ask ${shownName(waiver?.owner ?? '')} whether ${shownName(id)} must still stay: its waiver has expired`,
    ),
    ...(isZero(unattributed)
      ? []
      : [
          `Say which deployment ${dollars(unattributed)}${share === undefined ? '' : ` (${percent(share)})`} of spend belongs to`,
        ]),
  ];
}
