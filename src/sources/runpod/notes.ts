/** Collects warnings of a bill, one per cause instead of one per record. */

import { usdDigits } from '../../domain/digits.ts';
import { add, toDecimal, ZERO } from '../../domain/exact.ts';
import { usd } from '../../domain/money.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
import { shortText } from '../../platform/json.ts';
import type { RecordCharges } from './charges.ts';
import type { RunpodFamily } from './family.ts';
import type { WorkerHours } from './hours.ts';
import type { RunpodDetails } from './inventory.ts';

export interface Notes {
  take(resourceId: string, raw: unknown, record: RecordCharges): void;
  all(holdings: ReadonlyMap<string, RunpodDetails>): PullWarning[];
}

export function newNotes(family: RunpodFamily): Notes {
  const aboveRate = new Map<string, number>();
  const belowRate = new Map<string, number>();
  const byList = new Set<string>();
  const ranges = new Map<string, { readonly id: string; readonly hours: WorkerHours }>();
  const unknownFields = new Set<string>();
  let unexplained = { nanoUsd: 0n, records: 0 };
  return {
    take(resourceId, raw, record) {
      if (record.aboveRate) aboveRate.set(resourceId, (aboveRate.get(resourceId) ?? 0) + 1);
      if (record.belowRate) belowRate.set(resourceId, (belowRate.get(resourceId) ?? 0) + 1);
      if (record.isByList) byList.add(resourceId);
      if (record.between !== undefined) {
        const { between } = record;
        const { by } = between;
        const place = `${by} ${resourceId}`;
        const { low, high } = ranges.get(place)?.hours ?? { low: ZERO, high: ZERO };
        const hours = { low: add(low, between.low), high: add(high, between.high), by };
        ranges.set(place, { id: resourceId, hours });
      }
      for (const field of unknownAmounts(raw, family)) unknownFields.add(field);
      if (record.unexplained === undefined) return;
      const { nanoUsd, records } = unexplained;
      unexplained = { nanoUsd: nanoUsd + record.unexplained, records: records + 1 };
    },
    all: (holdings) => [
      ...unknownNote([...unknownFields].sort(), family),
      ...unexplainedNote(unexplained, family),
      ...[...aboveRate].map(([id, buckets]) => rateNote(id, buckets, holdings.get(id))),
      ...[...belowRate].map(([id, buckets]) => belowNote(id, buckets, holdings.get(id))),
      ...[...byList].map((id) => listPriceNote(id, holdings.get(id))),
      ...[...ranges.values()].map(({ id, hours }) => rangeNote(id, hours, holdings.get(id))),
    ],
  };
}

function unknownAmounts(raw: unknown, family: RunpodFamily): string[] {
  const known = new Set<string>(['totalAmount', ...family.parts.map(({ field }) => field)]);
  const fields = Object.keys(raw as object);
  return fields.filter((field) => field.endsWith('Amount') && !known.has(field));
}

function unknownNote(fields: readonly string[], family: RunpodFamily): PullWarning[] {
  if (fields.length === 0) return [];
  const items = shortText(fields.join(', '), 200);
  return [{ code: 'unknown-bill-items', bill: billOf(family), items }];
}

function unexplainedNote(
  gap: { nanoUsd: bigint; records: number },
  family: RunpodFamily,
): PullWarning[] {
  const { records, nanoUsd } = gap;
  if (records === 0) return [];
  const amount = usdDigits(usd(nanoUsd));
  return [{ code: 'unexplained-amount', bill: billOf(family), records, usd: amount }];
}

function billOf({ name }: RunpodFamily): string {
  return `RunPod ${name}`;
}

function nameOf(id: string, holding: RunpodDetails | undefined): string {
  return shortText(holding?.name ?? id, 80);
}

function rateNote(id: string, buckets: number, holding: RunpodDetails | undefined): PullWarning {
  return { code: 'billed-above-rate', resource: nameOf(id, holding), buckets };
}

function belowNote(id: string, buckets: number, holding: RunpodDetails | undefined): PullWarning {
  return { code: 'billed-below-rate', resource: nameOf(id, holding), buckets };
}

function listPriceNote(id: string, holding: RunpodDetails | undefined): PullWarning {
  return { code: 'hours-from-list-price', endpoint: nameOf(id, holding) };
}

function rangeNote(
  id: string,
  hours: WorkerHours,
  holding: RunpodDetails | undefined,
): PullWarning {
  const { low, high, by } = hours;
  return {
    code: 'worker-hours-uncertain',
    endpoint: nameOf(id, holding),
    leastHours: toDecimal(low, 2, 'floor'),
    mostHours: toDecimal(high, 2, 'ceiling'),
    by,
  };
}
