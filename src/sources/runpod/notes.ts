/** Collects warnings of a bill, one per cause instead of one per record. */

import { counted } from '../../domain/counted.ts';
import { dollars } from '../../domain/digits.ts';
import { add, toDecimal, ZERO } from '../../domain/exact.ts';
import { usd } from '../../domain/money.ts';
import { shortText } from '../../platform/json.ts';
import type { RecordCharges } from './charges.ts';
import type { Family } from './family.ts';
import type { WorkerHours } from './hours.ts';
import type { Holding } from './inventory.ts';

export interface Notes {
  take(resourceId: string, raw: unknown, record: RecordCharges): void;
  all(holdings: ReadonlyMap<string, Holding>): string[];
}

export function newNotes(family: Family): Notes {
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

function unknownAmounts(raw: unknown, family: Family): string[] {
  const known = new Set<string>(['totalAmount', ...family.parts.map(({ field }) => field)]);
  const fields = Object.keys(raw as object);
  return fields.filter((field) => field.endsWith('Amount') && !known.has(field));
}

function unknownNote(fields: readonly string[], family: Family): string[] {
  if (fields.length === 0) return [];
  const names = shortText(fields.join(', '), 200);
  return [`the ${family.name} bill has unknown parts: ${names}`];
}

function unexplainedNote(gap: { nanoUsd: bigint; records: number }, family: Family): string[] {
  if (gap.records === 0) return [];
  const sum = dollars(usd(gap.nanoUsd));
  return [
    `in ${gap.records} records of the ${family.name} bill, the known parts differ from the ` +
      `total by ${sum} in all; the difference is stored as "unexplained" charges`,
  ];
}

function rateNote(id: string, buckets: number, holding: Holding | undefined): string {
  const name = shortText(holding?.name ?? id, 80);
  return (
    `"${name}" is billed above its current rate in ${buckets} buckets; the rate has ` +
    'changed, so its hours there are unknown'
  );
}

function belowNote(id: string, buckets: number, holding: Holding | undefined): string {
  const name = shortText(holding?.name ?? id, 80);
  return (
    `"${name}" ran for all of ${counted(buckets, 'bucket')} and is billed below its rate ` +
    'there. If a savings plan covers it, add the plan under commitments in rentcheck.yaml, ' +
    'with usdUpfront, from, until and covers'
  );
}

function listPriceNote(id: string, holding: Holding | undefined): string {
  const name = shortText(holding?.name ?? id, 80);
  return (
    `the hours of the serverless endpoint "${name}" are its GPU cost divided by today's ` +
    'list price. They are wrong if you pay another price or the price has changed'
  );
}

function rangeNote(id: string, hours: WorkerHours, holding: Holding | undefined): string {
  const { low, high, by } = hours;
  const name = shortText(holding?.name ?? id, 80);
  const [least, most] = [toDecimal(low, 2, 'floor'), toDecimal(high, 2, 'ceiling')];
  if (by === 'samples') {
    return (
      `the workers of the serverless endpoint "${name}" ran for ${least} to ${most} ` +
      'worker-hours in the buckets without hours. They start or stop between two samples; ' +
      'sample more often (schedule.inventory) if that matters'
    );
  }
  return (
    `the bill pays for ${least} to ${most} worker-hours of the serverless endpoint ` +
    `"${name}". Its GPUs have several prices, and the observed workers do not explain the ` +
    'amount'
  );
}
