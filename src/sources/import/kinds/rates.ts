/** Reads the rates file: what a GPU-hour costs at a provider, each rate from a day on. */

import { compare, decimal, ZERO } from '../../../domain/exact.ts';
import { nanoFromUsd } from '../../../domain/money.ts';
import type { GpuRate } from '../../../domain/price.ts';
import { decimalCell, refuse, requiredText, validFrom } from '../cells.ts';
import type { FactKind, Frame, ReadRow } from '../factKind.ts';
import type { Row } from '../row.ts';
import { pricingClass } from './charges.ts';
import { isSecondHand } from './prices.ts';

export const ratesKind: FactKind<'rates'> = {
  name: 'rates',
  columns: {
    required: ['provider', 'gpu_type', 'valid_from', 'usd_per_gpu_hour'],
    optional: ['pricing_class', 'second_hand'],
    keepsExtras: false,
  },
  read: readRate,
};

function readRate(row: Row, { sourceId, nowMs }: Frame): ReadRow<GpuRate> {
  const fact: GpuRate = {
    sourceId,
    provider: requiredText(row, 'provider'),
    gpuType: requiredText(row, 'gpu_type'),
    pricingClass: pricingClass(row, 'pricing_class'),
    validFromMs: validFrom(row, nowMs),
    usdPerGpuHour: gpuHour(row),
    ...(isSecondHand(row) ? { secondHand: true } : {}),
  };
  const key = JSON.stringify([fact.provider, fact.gpuType, fact.pricingClass, fact.validFromMs]);
  return { fact, key, says: `${fact.usdPerGpuHour} ${fact.secondHand === true}` };
}

/** No single GPU-hour has ever cost more. A whole cluster's hour has. */
const MAX_RATE = decimal('1000');

function gpuHour(row: Row) {
  const column = 'usd_per_gpu_hour';
  const rate = decimalCell(row, column);
  if (rate !== undefined && compare(rate, ZERO) > 0 && compare(rate, MAX_RATE) <= 0) {
    return nanoFromUsd(rate);
  }
  const expected = 'US dollars per GPU hour, above 0 and at most 1000';
  return refuse(row, column, {
    expected,
    todo: 'divide the rate of a whole machine by its number of GPUs',
  });
}
