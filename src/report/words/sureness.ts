/**
 * Knows how sure the report may be: what is covered, what is not attributed, what is guessed, and
 * what was not computed.
 */

import { decimal, isZero, subtract } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import { counted, dollars, percent, wholeNumber } from '../format.ts';
import { capacityBasisOf } from '../copy/capacityBasis.ts';
import { warningSentence } from '../copy/warnings.ts';
import { currentWriting } from '../speaking.ts';
import { asSentence, shownName, shownSentence } from '../label.ts';
import { besideLines } from './beside.ts';
import { missingLines } from './billed.ts';
import { basisLine, invoiceLines } from './evidence.ts';
import { capital } from './plan.ts';
import { dearestFirst, known, type Situation } from './reading.ts';
import { otherReasons } from './reasons.ts';

const MOST_WARNINGS = 8;

/** What `whyOf` already said is not said again. */
export function surenessOf(audit: Audit, situation: Situation): string[] {
  return [
    [`Confidence: ${audit.stack.confidence}.`, ...otherReasons(audit, situation)].join(' '),
    ...missingLines(audit),
    coverageLine(audit),
    ...moneyLines(audit),
    laborLine(audit),
    ...capacityLine(audit),
    ...warnings(audit),
    drawsLine(audit),
  ];
}

function drawsLine({ stack }: Audit): string {
  if (stack.draws === 0) {
    return 'The range of outcomes was not computed: every figure is one best estimate.';
  }
  const ninety = currentWriting().percent('90');
  return [
    `Odds and ${ninety} intervals come from ${wholeNumber(stack.draws)} simulated periods: how ` +
      "far weeks differ, and people's time and cache hits from their ranges.",
    ...(stack.cannotTell === null
      ? []
      : ['Each week is close to the week before: the intervals are at least so wide.']),
  ].join(' ');
}

export function coverageLine({ totals }: Audit): string {
  const coverage = known(totals.coverage);
  const left = decimal(totals.uncoveredUsd);
  if (coverage === undefined) return 'What share of the paid hours the usage covers is not known.';
  const covered = `Usage is known for ${percent(coverage)} of the paid hours`;
  if (isZero(left)) return `${covered}.`;
  const rest = `${dollars(left)} paid for the rest`;
  return `${covered}; the ${rest} is left out of the comparison on both sides.`;
}

/** Whose the bills are, and what of them is estimated. */
export function moneyLines(audit: Audit): string[] {
  if (isNothing(audit)) return ['Nothing was billed.'];
  return [
    reconciliationLine(audit),
    ...spreadLine(audit),
    ...estimatedLine(audit),
    ...basisLine(audit),
    ...invoiceLines(audit),
  ];
}

/** A spend of $0.00 may be of bills that credits paid, or of a purchase for another time. */
function isNothing({ totals, evidence }: Audit): boolean {
  const parts = evidence.basis.map(({ spendUsd }) => spendUsd);
  const amounts = [totals.spendUsd, totals.billedUsd, totals.estimatedUsd, ...parts];
  return amounts.every((usd) => isZero(decimal(usd)));
}

/** Said only where a purchase is of another time than its bill. */
function spreadLine({ totals }: Audit): string[] {
  const [spend, billed] = [decimal(totals.spendUsd), decimal(totals.billedUsd)];
  if (isSameTime(totals)) return [];
  return [
    `The bills of this time say ${dollars(billed)}; the spend of ${dollars(spend)} is the ` +
      'effective cost: what was paid ahead is spread over its term.',
  ];
}

function isSameTime({ spendUsd, billedUsd }: Audit['totals']): boolean {
  return isZero(subtract(decimal(spendUsd), decimal(billedUsd)));
}

/** The bills, dollar by dollar: what belongs to a deployment, and what to none. */
function reconciliationLine(audit: Audit): string {
  const { totals, deployments } = audit;
  const [spend, unattributed] = [decimal(totals.spendUsd), decimal(totals.unattributedUsd)];
  const whole = `${dollars(spend)} ${isSameTime(totals) ? 'billed' : 'of spend'}`;
  const count = counted(deployments.length, 'deployment');
  if (isZero(unattributed)) {
    const all = `all of the ${whole} belongs to ${count}.`;
    return missingLines(audit).length === 0 ? `Reconciled: ${all}` : capital(all);
  }
  const share = known(totals.unattributedShare);
  const part = share === undefined ? '' : ` (${percent(share)})`;
  const attributed = dollars(subtract(spend, unattributed));
  return (
    `Of ${whole}, ${attributed} belongs to ${count} ` +
    `and ${dollars(unattributed)}${part} to none: that is in the total only.`
  );
}

function estimatedLine({ totals, evidence }: Audit): string[] {
  const estimated = decimal(totals.estimatedUsd);
  const isBilled = evidence.basis.every(({ basis }) => basis === 'billed');
  const why = isBilled ? ': all of it was billed' : '';
  if (isZero(estimated)) return [`No dollar of the spend is estimated${why}.`];
  return [
    `${dollars(estimated)} of the ${dollars(decimal(totals.spendUsd))} of spend is estimated: ` +
      'its source gave no money for it.',
  ];
}

function laborLine({ stack }: Audit): string {
  return stack.laborBasis === 'measured'
    ? "People's time for self-hosting is measured, from the ops log; for hosting it is assumed."
    : "People's time is assumed, not measured: hours in an ops log would replace the assumption.";
}

/** An observed capacity is a lower bound: true utilization may be lower than printed. */
function capacityLine({ deployments }: Audit): string[] {
  const observed = deployments.filter((each) => capacityBasisOf(each)?.code === 'observed');
  if (observed.length === 0) return [];
  const which =
    deployments.length === 1
      ? 'The capacity is'
      : `The capacity of ${observed.length} of ${counted(deployments.length, 'deployment')} is`;
  return [`${which} observed, a lower bound: with a measured one, utilization can only be lower.`];
}

/** From the facts; an audit of an older version has sentences alone. */
export function warningLines(deployment: Audit['deployments'][number]): string[] {
  const { id, warnings, warningDetails } = deployment;
  const said =
    warningDetails?.map((warning) => asSentence(warningSentence(warning, currentWriting()))) ??
    warnings.map(shownSentence);
  return said.map((sentence) => `${shownName(id)}: ${sentence}`);
}

function warnings(audit: Audit): string[] {
  const dearest = dearestFirst(audit);
  const all = [...dearest.flatMap(warningLines), ...dearest.flatMap(besideLines)];
  const left = all.length - MOST_WARNINGS;
  const more = left > 0 ? [`And ${counted(left, 'more warning')}, in report.json.`] : [];
  return [...all.slice(0, MOST_WARNINGS), ...more];
}
