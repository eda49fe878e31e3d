/** How far the median of the eligible endpoints is from the chosen one. */

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

/**
 * Worked number: $65,152 beside a chosen $50,117 is "30% more". Empty where fewer than two are
 * eligible.
 */
export function medianHost({ hosted }: AuditDeployment): string {
  if (hosted === null) return '';
  const eligible = hosted.considered.filter(({ costUsd }) => costUsd !== null).length;
  if (eligible < 2) return '';
  const median = decimal(hosted.medianUsd);
  const than = difference({ median, chosen: decimal(hosted.costUsd) }, shownName(hosted.host));
  return `The median of ${eligible} eligible endpoints costs ${dollars(median)}, ${than}.`;
}

function difference({ median, chosen }: Record<'median' | 'chosen', Exact>, host: string): string {
  const side = compare(median, chosen);
  if (side === 0) return `the same as ${host}`;
  if (isZero(chosen)) return `where ${host} is free`;
  const share = divide(subtract(median, chosen), chosen);
  return side > 0
    ? `${percent(share)} more than ${host}`
    : `${percent(negate(share))} less than ${host}`;
}
