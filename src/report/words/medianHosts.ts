/** Renders the median cost of eligible endpoints, compared with the chosen one. */

import {
  compare,
  decimal,
  divide,
  type Exact,
  isZero,
  negate,
  subtract,
} from '../../domain/exact.ts';
import type { AuditDeployment } from '../../verdict/auditDeployment.ts';
import { dollars, percent } from '../format.ts';
import { shownName } from '../label.ts';
import type { Reader } from '../locale.ts';

/**
 * Worked number: $65,152 and a chosen $50,117 is "30% more". Empty with fewer than two eligible
 * endpoints.
 */
export function medianHostText({ hosted }: AuditDeployment, reader: Reader): string {
  if (hosted === null) return '';
  const eligible = hosted.considered.filter(({ costUsd }) => costUsd !== null).length;
  if (eligible < 2) return '';
  const median = decimal(hosted.medianUsd);
  const than = difference(
    { median, chosen: decimal(hosted.costUsd) },
    shownName(hosted.host),
    reader,
  );
  return `The median of ${eligible} eligible endpoints costs ${dollars(median, reader)}, ${than}.`;
}

function difference(
  { median, chosen }: Record<'median' | 'chosen', Exact>,
  endpoint: string,
  reader: Reader,
): string {
  const side = compare(median, chosen);
  if (side === 0) return `the same as ${endpoint}`;
  if (isZero(chosen)) return `where ${endpoint} is free`;
  const share = divide(subtract(median, chosen), chosen);
  return side > 0
    ? `${percent(share, reader)} more than ${endpoint}`
    : `${percent(negate(share), reader)} less than ${endpoint}`;
}
