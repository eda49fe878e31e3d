/** Renders purchases from hosted APIs, and the share with known token counts. */

import { formatCount } from '../../domain/figures.ts';
import { isZero, type Exact, negate, ZERO } from '../../domain/exact.ts';
import { shownName } from '../displayText.ts';
import { dollars, percent, tokenCount, UNKNOWN } from '../format.ts';
import type { Reader } from '../locale.ts';
import type { AuditReading, TotalsReading } from './auditReading.ts';
import type { Reading } from './storedAmounts.ts';
import type { AuditSecondOpinion } from '../../verdict/audit.ts';

const MOST_MODELS = 3;

/** Figures of the row below the total. `undefined` without purchases. */
export function hostedPurchaseFigures({ totals }: AuditReading, reader: Reader) {
  if (isZero(totals.hostedSpendUsd)) return undefined;
  const { hostedSpend } = totals;
  const models = billed(hostedSpend);
  const counts = models.flatMap(({ tokens }) => tokens ?? []);
  return {
    spend: dollars(totals.hostedSpendUsd, reader),
    tokens:
      counts.length === 0
        ? UNKNOWN
        : tokenCount(
            counts.reduce((sum, one) => sum + one, 0),
            reader,
          ),
    captured: `tokens ${knownText(hostedSpend, reader)}`,
  };
}

/** Total, the most expensive models, and their deployments. */
export function hostedPurchaseLines({ totals }: AuditReading, reader: Reader): string[] {
  if (isZero(totals.hostedSpendUsd)) return [];
  const { hostedSpend, hostedSpendUsd: paid } = totals;
  const models = billed(hostedSpend);
  const shown = models.slice(0, MOST_MODELS).map(({ model, source, deployment, usd }) => {
    const attribution = deployment === null ? 'not attributed' : `for ${shownName(deployment)}`;
    return (
      `${shownName(model)} from ${shownName(source)} ` +
      `(${attribution}): ${dollars(usd, reader)}.`
    );
  });
  const left = models.length - shown.length;
  return [
    `${dollars(paid, reader)} was paid for hosted APIs. It is not part of the GPU spend.`,
    ...shown,
    ...(left > 0 ? [`${formatCount(left, 'more model')} in report.json.`] : []),
    `Token counts are ${knownText(hostedSpend, reader)}${rateAside(hostedSpend)}.`,
    ...gatewayLines(hostedSpend?.secondOpinions ?? [], reader),
  ];
}

function rateAside(hostedSpend: TotalsReading['hostedSpend']): string {
  return hostedSpend?.captureRate === undefined ? '' : ' of it';
}

/** Gateways whose figures differ from the bill. */
function gatewayLines(opinions: readonly Reading<AuditSecondOpinion>[], reader: Reader): string[] {
  const differing = opinions.filter(({ isOff }) => isOff);
  const lines = differing.slice(0, MOST_MODELS).map((opinion) => {
    const { source, model, billedBy, days, gatewayUsd, billedUsd, difference } = opinion;
    const computed = `${shownName(source)} computes ${dollars(gatewayUsd, reader)} for`;
    const who = billedBy.map(shownName).join(' and ');
    const billed = `${dollars(billedUsd ?? ZERO, reader)} that ${who} billed`;
    const over = formatCount(days, 'day');
    const what = `${computed} ${shownName(model)} over ${over}.`;
    return `${what} That is ${differenceText(difference, reader)}the ${billed}.`;
  });
  const left = differing.length - lines.length;
  const rest = `${formatCount(left, 'other model')} ${left === 1 ? 'differs' : 'differ'} too.`;
  return left > 0 ? [...lines, rest] : lines;
}

/** `10% less than `. */
function differenceText(difference: Exact | undefined, reader: Reader): string {
  if (difference === undefined) return 'compared with ';
  const isLess = difference.num < 0n;
  const share = percent(isLess ? negate(difference) : difference, reader);
  return `${share} ${isLess ? 'less' : 'more'} than `;
}

/** Models on a provider's bill. A gateway's figures are on no bill. */
function billed(hostedSpend: TotalsReading['hostedSpend']) {
  return (hostedSpend?.models ?? []).filter(({ isSecondHand }) => !isSecondHand);
}

/** `known for 97%`, of the bill by dollars. */
function knownText(hostedSpend: TotalsReading['hostedSpend'], reader: Reader): string {
  const rate = hostedSpend?.captureRate;
  return rate === undefined ? 'not known' : `known for ${percent(rate, reader)}`;
}
