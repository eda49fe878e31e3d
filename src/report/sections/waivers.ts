/** Renders waivers: owner, reason, stated worth, cost and expiry. */

import { compare, type Exact, isZero, subtract, sum, ZERO } from '../../domain/exact.ts';
import { oneLine, shownName } from '../displayText.ts';
import type { AuditReading } from './auditReading.ts';
import type { AuditWaiver } from '../../verdict/auditDeployment.ts';
import type { Reading } from './storedAmounts.ts';
import { nearestOption, type DeploymentReading } from './deploymentReading.ts';
import { dollars, dayName } from '../format.ts';
import type { Reader } from '../locale.ts';

const MOST_WAIVERS = 8;

/** One line per waiver. If there are many: the most expensive, and the total cost of the others. */
export function waiverLines(audit: AuditReading, reader: Reader): string[] {
  const waived = audit.deployments.flatMap((deployment) =>
    deployment.waiver === null ? [] : [{ deployment, waiver: deployment.waiver }],
  );
  const lineOf = ({ deployment, waiver }: (typeof waived)[number]) =>
    waiverLine(audit, deployment, waiver, reader);
  if (waived.length <= MOST_WAIVERS) return waived.map(lineOf);
  const costly = waived.toSorted((a, b) => compare(costOf(b) ?? ZERO, costOf(a) ?? ZERO));
  return [
    ...costly.slice(0, MOST_WAIVERS).map(lineOf),
    restLine(costly.slice(MOST_WAIVERS), reader),
  ];
}

function restLine(
  rest: readonly { readonly deployment: DeploymentReading }[],
  reader: Reader,
): string {
  const costs = rest.map(costOf).filter((cost) => cost !== undefined);
  const cost = sum(costs);
  const unknownCount = rest.length - costs.length;
  const costing = `Keeping them costs ${dollars(cost, reader)} more than the best options.`;
  const unknown = `For ${unknownCount} of them the cost is unknown.`;
  return [
    `And ${rest.length} more waivers, in deployments.csv.`,
    ...(isZero(cost) ? [] : [costing]),
    ...(unknownCount === 0 ? [] : [unknown]),
  ].join(' ');
}

/** Extra cost of keeping over the best option, at least 0. `undefined` if unknown. */
function costOf({ deployment }: { readonly deployment: DeploymentReading }): Exact | undefined {
  const saving = isSpendKnown(deployment) ? nearestOption(deployment)?.savingUsd : undefined;
  return saving === undefined || saving.num > 0n ? saving : ZERO;
}

/** Extra cost of keeping above the stated worth. `undefined` if it is not above. */
export function waiverExcess(deployment: DeploymentReading): Exact | undefined {
  const worth = deployment.waiver?.worthUsdPerQuarter;
  const saving = nearestOption(deployment)?.savingUsd;
  if (worth === undefined || saving === undefined || compare(saving, worth) <= 0) return undefined;
  return subtract(saving, worth);
}

function waiverLine(
  audit: AuditReading,
  deployment: DeploymentReading,
  waiver: Reading<AuditWaiver>,
  reader: Reader,
): string {
  const worth = waiver.worthUsdPerQuarter;
  const terms = [
    `owner ${shownName(waiver.owner)}`,
    worth === undefined ? 'worth not stated' : `worth at least ${dollars(worth, reader)} a quarter`,
    expiryText(waiver, reader),
  ].join(', ');
  const reason = oneLine(waiver.reason, 120);
  const what = `Waiver for ${shownName(deployment.id)}: ${reason} (${terms}).`;
  return `${what} ${costText(deployment, audit.isWholeQuarter, reader)}`.trim();
}

function expiryText({ expires, expired }: Reading<AuditWaiver>, reader: Reader): string {
  if (expires === null) return 'no expiry';
  return `${expired ? 'expired' : 'expires'} ${dayName(expires, reader)}`;
}

/** Cost of keeping. It is compared with the quarterly worth only for a whole quarter. */
function costText(deployment: DeploymentReading, isQuarter: boolean, reader: Reader): string {
  if (!isSpendKnown(deployment)) return 'Its cost is unknown, because its GPU spend is unknown.';
  const nearest = nearestOption(deployment);
  if (nearest === undefined) return '';
  const { savingUsd: saving } = nearest;
  if (saving.num <= 0n) return 'Keeping is the cheapest option without the waiver too.';
  const excessUsd = dollars(saving, reader);
  const cost = `Keeping costs ${excessUsd} more than the best option, ${nearest.option}.`;
  const excess = isQuarter ? waiverExcess(deployment) : undefined;
  if (excess === undefined) return cost;
  return `${cost} That is ${dollars(excess, reader)} over the stated worth.`;
}

/** False without a bill, and if usage covers none of the paid time. */
function isSpendKnown({ spendUsd, coverage }: DeploymentReading): boolean {
  return coverage === undefined ? !isZero(spendUsd) : coverage.num > 0n;
}
