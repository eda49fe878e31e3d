/** Knows how one model's list of endpoints becomes a dated snapshot of its prices. */

import { decimal, multiply, parseExact, toInteger } from '../../domain/exact.ts';
import type { HostAvailability, HostedPrice, PriceSnapshot } from '../../domain/price.ts';
import type { Reject } from '../../domain/reject.ts';
import { shortText } from '../../platform/json.ts';
import { excerptOf, faultOf, readWire } from '../../platform/wire.ts';
import { nameHosts } from './hosts.ts';
import { overrideNotes } from './overrides.ts';
import { type Prices, pricesOf } from './prices.ts';
import { type Endpoint, endpoint, endpointsAnswer } from './wire.ts';

export interface SnapshotContext {
  readonly sourceId: string;
  readonly model: string;
  readonly takenAtMs: number;
  readonly where: string;
}

export interface Snapshot {
  readonly snapshot: PriceSnapshot;
  readonly rejects: readonly Reject[];
  readonly warnings: readonly string[];
}

/**
 * Reads one answer; an endpoint without a usable price is a reject.
 * @throws {Failure} `malformed` where it is not a list of endpoints.
 */
export function readSnapshot(value: unknown, context: SnapshotContext): Snapshot {
  const { data } = readWire(endpointsAnswer, value, context.where);
  const { rows, rejects } = readRows(data.endpoints);
  const { hosts, repeated } = nameHosts(rows.map(offerOf));
  const named = rows.map((row, index) => ({
    ...row,
    host: hosts[index] ?? row.item.provider_name,
  }));
  const { sourceId, model, takenAtMs } = context;
  const prices = named.map((row) => priceOf(row, context));
  const availability = named.map((row) => availabilityOf(row, context));
  return {
    snapshot: { sourceId, model, takenAtMs, prices, availability },
    rejects,
    warnings: [
      ...namedOtherwise(data.id, model),
      ...(data.endpoints.length === 0 ? [`no host sells ${shortText(model, 80)} any more`] : []),
      ...repeated.map((host) => repeatedNote(host, model)),
      ...named.flatMap(({ item, host }) => overrideNotes(item.pricing.overrides, host, model)),
    ],
  };
}

interface Row {
  readonly item: Endpoint;
  readonly prices: Prices;
}

interface NamedRow extends Row {
  readonly host: string;
}

function readRows(records: readonly unknown[]): { rows: Row[]; rejects: Reject[] } {
  const rows: Row[] = [];
  const rejects: Reject[] = [];
  for (const [position, record] of records.entries()) {
    const read = endpoint.safeParse(record);
    const prices = read.success ? pricesOf(read.data.pricing) : faultOf(read.error);
    if (read.success && typeof prices !== 'string') rows.push({ item: read.data, prices });
    else rejects.push({ position, reason: reasonOf(position, prices), excerpt: excerptOf(record) });
  }
  return { rows, rejects };
}

function reasonOf(position: number, fault: unknown): string {
  return `endpoint ${position}: ${String(fault)}`;
}

function offerOf({ item, prices }: Row) {
  const { provider_name: provider, tag } = item;
  return { tag: tag ?? undefined, provider, quantization: quantizationOf(item), prices };
}

function quantizationOf(item: Endpoint): string {
  return item.quantization?.toLowerCase() ?? 'unknown';
}

function priceOf({ item, prices, host }: NamedRow, context: SnapshotContext): HostedPrice {
  const { sourceId, model, takenAtMs } = context;
  const costsNothing = prices.inputPerMtok === 0n && prices.outputPerMtok === 0n;
  const isFreeVariant = [model, item.model_id ?? ''].some((id) => id.endsWith(':free'));
  const { context_length: contextLength } = item;
  return {
    sourceId,
    model,
    host,
    hostName: item.provider_name,
    quantization: quantizationOf(item),
    validFromMs: takenAtMs,
    ...prices,
    ...(Number.isSafeInteger(contextLength) && contextLength ? { contextLength } : {}),
    free: costsNothing || isFreeVariant,
    offered: true,
  };
}

function availabilityOf({ item, host }: NamedRow, context: SnapshotContext): HostAvailability {
  const { sourceId, model, takenAtMs } = context;
  const uptime = uptimeMillionths(item.uptime_last_1d);
  return {
    sourceId,
    model,
    host,
    observedAtMs: takenAtMs,
    ...(uptime === undefined ? {} : { uptimeMillionths: uptime }),
    healthy: (item.status ?? 0) >= 0,
  };
}

/** Percent, 0 to 100, as millionths of a share: 99.95 is 999,500. Anything else is not told. */
function uptimeMillionths(percent: string | null | undefined): number | undefined {
  const value = percent === null || percent === undefined ? undefined : parseExact(percent);
  if (value === undefined) return undefined;
  const millionths = Number(toInteger(multiply(value, decimal('10000'))));
  return millionths >= 0 && millionths <= 1_000_000 ? millionths : undefined;
}

function namedOtherwise(id: string | null | undefined, model: string): string[] {
  if (id === null || id === undefined || id === model) return [];
  return [`${shortText(model, 80)} was answered as ${shortText(id, 80)}`];
}

function repeatedNote(host: string, model: string): string {
  return (
    `${shortText(host, 80)} sells ${shortText(model, 80)} more than once under one name; ` +
    'the dearer offers are numbered'
  );
}
