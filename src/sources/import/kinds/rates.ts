/** Reads the rates file: what a GPU-hour costs at a provider, each rate from a day on. */

import { compare, decimal, ZERO } from '../../../domain/exact.ts';
import { nanoFromUsd } from '../../../domain/money.ts';
import type { GpuRate } from '../../../domain/price.ts';
import { readDecimal, refuseCell, readRequiredText, readValidFrom } from '../cells.ts';
import type { FactKind, ReadContext, ReadRow } from '../factKind.ts';
import type { FileRow } from '../columns.ts';
import { readPricingClass } from './charges.ts';
import { readSecondHand } from './prices.ts';

export const ratesKind: FactKind<'rates'> = {
  name: 'rates',
  columns: {
    required: ['provider', 'gpu_type', 'valid_from', 'usd_per_gpu_hour'],
    optional: ['pricing_class', 'second_hand'],
    keepsExtras: false,
  },
  read: readRate,
};

function readRate(row: FileRow, { sourceId, nowMs }: ReadContext): ReadRow<GpuRate> {
  const fact: GpuRate = {
    sourceId,
    provider: readRequiredText(row, 'provider'),
    gpuType: readRequiredText(row, 'gpu_type'),
    pricingClass: readPricingClass(row, 'pricing_class'),
    validFromMs: readValidFrom(row, nowMs),
    usdPerGpuHour: gpuHour(row),
    ...(readSecondHand(row) ? { secondHand: true } : {}),
  };
  const key = JSON.stringify([fact.provider, fact.gpuType, fact.pricingClass, fact.validFromMs]);
  return { fact, key, values: `${fact.usdPerGpuHour} ${fact.secondHand === true}` };
}

/** No single GPU-hour has ever cost more. A whole cluster's hour has. */
const MAX_RATE = decimal('1000');

function gpuHour(row: FileRow) {
  const column = 'usd_per_gpu_hour';
  const rate = readDecimal(row, column);
  if (rate !== undefined && compare(rate, ZERO) > 0 && compare(rate, MAX_RATE) <= 0) {
    return nanoFromUsd(rate);
  }
  const expected = 'US dollars per GPU hour, above 0 and at most 1000';
  return refuseCell(row, column, {
    expected,
    todo: 'divide the rate of a whole machine by its number of GPUs',
  });
}
