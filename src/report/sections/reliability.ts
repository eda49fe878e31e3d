/**
 * Renders how reliable the figures are: coverage, attribution, estimates, assumptions and warnings.
 */

import { compare, isZero, subtract } from '../../domain/exact.ts';
import { capacityBasisOf } from '../copy/capacity.ts';
import { counted, dollars, percent, wholeText } from '../format.ts';
import { asSentence, shownName, shownSentence, capital } from '../displayText.ts';
import { warningSentence } from '../copy/warnings.ts';
import { usageDetailLines } from './usageDetails.ts';
import { basisLine, invoiceCheckLines, missingBillLines } from './evidence.ts';
import type { AuditReading, TotalsReading } from './auditReading.ts';
import { otherReasons } from './reasons.ts';
import type { Reader } from '../locale.ts';

const MOST_WARNINGS = 8;

/** Lines on reliability. They do not repeat what the section on reasons states. */
export function reliabilityLines(audit: AuditReading, reader: Reader): string[] {
  return [
    [`Confidence: ${audit.stack.confidence}.`, ...otherReasons(audit, reader)].join(' '),
    ...missingBillLines(audit, reader),
    coverageLine(audit, reader),
    ...spendEvidenceLines(audit, reader),
    laborLine(audit),
    ...capacityLine(audit, reader),
    ...warnings(audit, reader),
    drawsLine(audit, reader),
  ];
}

function drawsLine({ stack }: AuditReading, reader: Reader): string {
  if (stack.draws === 0) {
    return 'No range was computed. Each figure is one best estimate.';
  }
  const ninety = reader.percent('90');
  return [
    `Probabilities and ${ninety} ranges come from ` +
      `${wholeText(stack.draws, reader)} simulations of ` +
      'the period.',
    'Each resamples whole weeks, and varies engineering time and cache hits within their ranges.',
    ...(stack.cannotTell === null
      ? []
      : ['Each week resembles the week before, so the ranges are at least this wide.']),
  ].join(' ');
}

export function coverageLine({ totals }: AuditReading, reader: Reader): string {
  const coverage = totals.coverage;
  if (coverage === undefined) return 'It is unknown how many of the paid hours have usage data.';
  const covered = `Usage is known for ${percent(coverage, reader)} of the paid hours`;
  if (isZero(totals.uncoveredUsd)) return `${covered}.`;
  return (
    `${covered}. The other hours cost ${dollars(totals.uncoveredUsd, reader)} ` +
    `and are left out of the comparison.`
  );
}

/** Lines on the bills: attribution, estimates and basis. */
export function spendEvidenceLines(audit: AuditReading, reader: Reader): string[] {
  if (isNothing(audit)) return ['Nothing was billed.'];
  return [
    reconciliationLine(audit, reader),
    ...spreadLine(audit, reader),
    ...estimatedLine(audit, reader),
    ...basisLine(audit, reader),
    ...invoiceCheckLines(audit, reader),
  ];
}

/**
 * True if nothing was billed. A spend of $0.00 does not prove it: credits may have paid the bills,
 * or a purchase may cover another period.
 */
function isNothing({ totals, evidence }: AuditReading): boolean {
  const parts = evidence.basis.map(({ spendUsd }) => spendUsd);
  return [totals.spendUsd, totals.billedUsd, totals.estimatedUsd, ...parts].every(isZero);
}

/** A line on spread purchases, if a purchase covers another time than its bill. */
function spreadLine({ totals }: AuditReading, reader: Reader): string[] {
  if (isSameTime(totals)) return [];
  return [
    `The bills of this period total ${dollars(totals.billedUsd, reader)}. Spend is the effective ` +
      `cost, ${dollars(totals.spendUsd, reader)}: prepaid amounts are spread over their terms.`,
  ];
}

function isSameTime({ spendUsd, billedUsd }: TotalsReading): boolean {
  return compare(spendUsd, billedUsd) === 0;
}

/** Attributed and unattributed parts of the bills. */
function reconciliationLine(audit: AuditReading, reader: Reader): string {
  const { totals, deployments } = audit;
  const { spendUsd: spend, unattributedUsd: unattributed, unattributedShare: share } = totals;
  const isBilled = isSameTime(totals) && isZero(totals.estimatedUsd);
  const whole = `${dollars(spend, reader)} ${isBilled ? 'billed' : 'of spend'}`;
  const count = counted(deployments.length, 'deployment', reader);
  if (isZero(unattributed)) {
    const all = `all of the ${whole} is attributed to ${count}.`;
    return missingBillLines(audit, reader).length === 0 ? `Reconciled: ${all}` : capital(all);
  }
  const part = share === undefined ? '' : ` (${percent(share, reader)})`;
  const attributed = dollars(subtract(spend, unattributed), reader);
  return (
    `Of ${whole}, ${attributed} is attributed to ${count}. ` +
    `${dollars(unattributed, reader)}${part} is not attributed and counts in the total only.`
  );
}

function estimatedLine({ totals, evidence }: AuditReading, reader: Reader): string[] {
  const { estimatedUsd: estimated, spendUsd: spend } = totals;
  const isBilled = evidence.basis.every(({ basis }) => basis === 'billed');
  const why = isBilled ? ': all of it was billed' : '';
  if (isZero(estimated)) return [`No spend is estimated${why}.`];
  return [
    `${dollars(estimated, reader)} of the ` +
      `${dollars(spend, reader)} spend is estimated, ` +
      'because the sources list no billed amounts for it.',
  ];
}

function laborLine({ stack }: AuditReading): string {
  return stack.laborBasis === 'measured'
    ? 'Engineering time of self-hosting is measured in the ops log. That of hosted APIs is assumed.'
    : 'Engineering time is assumed, not measured. Hours in the ops log replace the assumption.';
}

/** A line on observed capacities. They are lower bounds, so true utilization may be lower. */
function capacityLine({ deployments }: AuditReading, reader: Reader): string[] {
  const observed = deployments.filter((each) => capacityBasisOf(each)?.code === 'observed');
  if (observed.length === 0) return [];
  const which =
    deployments.length === 1
      ? 'The capacity is'
      : `The capacity of ${observed.length} of ` +
        `${counted(deployments.length, 'deployment', reader)} is`;
  return [
    `${which} observed, which is a lower bound. A measured capacity can only lower utilization.`,
  ];
}

/** A deployment's warnings. Audits of older versions have only sentences. */
export function warningLines(
  deployment: AuditReading['deployments'][number],
  reader: Reader,
): string[] {
  const { id, warnings, warningDetails } = deployment;
  const sentences =
    warningDetails?.map((warning) => asSentence(warningSentence(warning, reader))) ??
    warnings.map((each) => shownSentence(each, reader));
  return sentences.map((sentence) => `${shownName(id)}: ${sentence}`);
}

function warnings(audit: AuditReading, reader: Reader): string[] {
  const ordered = audit.mostExpensiveFirst;
  const all = [
    ...ordered.flatMap((each) => warningLines(each, reader)),
    ...ordered.flatMap((each) => usageDetailLines(each, reader)),
  ];
  const left = all.length - MOST_WARNINGS;
  const more = left > 0 ? [`And ${counted(left, 'more warning', reader)}, in report.json.`] : [];
  return [...all.slice(0, MOST_WARNINGS), ...more];
}
