/** Renders how the figures were computed, and from which inputs. */

import { decimal, isZero } from '../../domain/exact.ts';
import { parseInstant } from '../../domain/period.ts';
import type { Audit } from '../../verdict/audit.ts';
import { dollars, momentText } from '../format.ts';
import { oneLine, shownName, shownText } from '../label.ts';
import { hostedPurchaseLines } from './bought.ts';
import { auditedPeriod } from './period.ts';
import type { Reader } from '../locale.ts';

export function methodLines(audit: Audit, reader: Reader): string[] {
  return [
    'Prices of tokens are in dollars per million tokens ($/Mtok).',
    'Self-hosted price: all that was billed for the GPUs, idle hours included, ' +
      'divided by the tokens they served (prompt and output).',
    'Hosted price: the same prompt, cached and output tokens, ' +
      'at the prices in force in each interval.',
    'Utilization: tokens served, as a share of what the paid replicas could have served.',
    'Saving: the cost of keeping minus the cost of the plan, for the same traffic. ' +
      'Each dollar amount is rounded separately.',
    ...capacities(audit, reader),
    ...providers(audit),
    ...leftOut(audit, reader),
  ];
}

/** When and how the stated capacities were measured: at most four. */
function capacities({ deployments }: Audit, reader: Reader): string[] {
  const stated = deployments.flatMap(({ id, capacityEvidence: evidence }) =>
    evidence === null ? [] : [`${shownName(id)} (${shownText(evidence, 120, reader)})`],
  );
  if (stated.length === 0) return [];
  const more = stated.length > 4 ? ` and ${stated.length - 4} more` : '';
  return [`Stated capacities: ${stated.slice(0, 4).join(', ')}${more}.`];
}

/** The providers whose prices are used: at most six. */
function providers({ deployments }: Audit): string[] {
  const names = new Set(
    deployments.flatMap(({ hosted }) => (hosted === null ? [] : [shownName(hosted.host)])),
  );
  if (names.size === 0) return [];
  const shown = [...names].slice(0, 6).join(', ');
  const more = names.size > 6 ? ` and ${names.size - 6} more` : '';
  return [`Hosted prices are those of ${shown}${more}.`];
}

function leftOut({ totals }: Audit, reader: Reader): string[] {
  const tax = decimal(totals.taxUsd);
  return [
    isZero(tax)
      ? 'Taxes are left out on both sides.'
      : `Taxes (${dollars(tax, reader)}) are left out on both sides.`,
    ...hostedPurchaseLines(totals, reader),
  ];
}

/** What identifies this audit, line by line. */
export function identityLines(audit: Audit, reader: Reader): string[] {
  const { startMs, endMs } = auditedPeriod(audit);
  return [
    `Audited: ${momentText(startMs, reader)} to ` +
      `${momentText(endMs, reader)}. Data as of ${asOfText(audit.asOf, reader)}.`,
    `Run ${oneLine(audit.runId, 80)}, rentcheck ${oneLine(audit.codeVersion, 40)}.`,
    `Inputs ${oneLine(audit.inputsDigest, 80)}`,
  ];
}

function asOfText(asOf: string, reader: Reader): string {
  const atMs = parseInstant(asOf);
  return atMs === undefined ? oneLine(asOf, 40) : momentText(atMs, reader);
}
