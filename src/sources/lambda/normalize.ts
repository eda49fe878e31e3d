/** Reads Lambda's responses as resources, sightings and rates; only these fields are stored. */

import { z } from 'zod';
import type { Resource } from '../../domain/charge.ts';
import { add, decimal, divide, exactInteger, isZero, toDecimal, ZERO } from '../../domain/exact.ts';
import { nanoFromUsd } from '../../domain/money.ts';
import { DAY_MS } from '../../domain/period.ts';
import type { GpuRate } from '../../domain/price.ts';
import type { Located, Reject } from '../../domain/provenance.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
import { UPTIME_EVENT } from '../../domain/uptime.ts';
import { shortText } from '../../platform/json.ts';
import { instantMsSchema, numberText, wholeNumber } from '../../platform/responseSchemas.ts';
import { recordList } from '../../platform/schemaFields.ts';
import { freeText, providerId, providerName } from '../fieldTypes.ts';
import { type ObservationContext, readRecords } from '../records.ts';

/** US cents per hour of a whole instance. */
const cents = numberText.refine((text) => Number(text) >= 0 && Number(text) < 1e8, {
  error: 'expected a price from 0 to a million dollars per hour',
});

const instanceType = z.object({
  name: providerName,
  gpu_description: freeText.nullish(),
  price_cents_per_hour: cents.nullish(),
  specs: z.object({ gpus: wholeNumber.nullish() }).nullish(),
});
type InstanceType = z.output<typeof instanceType>;

const lambdaInstance = z.object({
  id: providerId,
  name: freeText.nullish(),
  status: providerName.nullish(),
  instance_type: instanceType.nullish(),
});
type LambdaInstance = z.output<typeof lambdaInstance>;

const fileSystem = z.object({
  id: providerId,
  name: freeText.nullish(),
  is_in_use: z.boolean().nullish(),
  bytes_used: numberText.nullish(),
});

/** A Lambda Resource Name. An invalid or overlong one is ignored. */
const lrn = freeText.nullish().catch(null);

const eventFields = z.object({
  event_id: freeText.nullish(),
  event_time: instantMsSchema,
  resource_name: freeText.nullish(),
  action: freeText.nullish(),
  resource_lrns: z.array(lrn).nullish(),
  additional_details: z
    .object({ instance_lrn: lrn, instance_type: providerName.nullish() })
    .nullish(),
});

/** An audit event with the distinct instance ids of its `lrn:cloud:instance:ID` names. */
const auditEvent = eventFields.transform((event, context) => {
  const { resource_name: resourceName, resource_lrns: lrns, additional_details: details } = event;
  const all = [...(lrns ?? []), details?.instance_lrn];
  const ids = all.flatMap((text) => INSTANCE_LRN.exec(text ?? '')?.[1] ?? []);
  const isOfInstance = /instance/i.test(resourceName ?? '');
  if (isOfInstance && ids.length === 0) {
    const message = 'found an instance event without an instance, expected lrn:cloud:instance:ID';
    context.addIssue({ code: 'custom', path: ['resource_lrns'], message });
  }
  return {
    id: event.event_id ?? undefined,
    atMs: event.event_time,
    action: event.action ?? '',
    isOfInstance,
    instanceIds: [...new Set(ids)],
    instanceType: details?.instance_type ?? undefined,
  };
});
type AuditEvent = z.output<typeof auditEvent>;

const INSTANCE_LRN = /^lrn:[^:]*:instance:([^\p{C}\p{Z}:]{1,200})$/u;

/** One entry of the map of instance types. */
const typeEntry = z.object({ instance_type: instanceType });

/** Entries are parsed one by one, so that an invalid one rejects only itself. */
export const lambdaTypesAnswer = z.object({
  data: z.record(z.string(), recordList(typeEntry).element),
});

export const lambdaInstancesAnswer = z.object({ data: recordList(lambdaInstance) });
export const fileSystemsAnswer = z.object({ data: recordList(fileSystem) });

/** `page_token` is null on the last page of the log. */
export const eventsAnswer = z.object({
  data: recordList(eventFields),
  page_token: z.string().nullish(),
});

interface Inventory {
  readonly resources: readonly Located<Resource>[];
  /** Absent if a row was rejected; its resource would otherwise appear to be gone. */
  readonly listed?: readonly Resource['kind'][];
  readonly rejects: readonly Reject[];
  readonly warnings: readonly PullWarning[];
}

/** Reads instances. The price is per instance; a price of 0 means unknown. */
export function readLambdaInstances(
  records: Iterable<unknown>,
  seen: ObservationContext,
): Inventory {
  const { facts, ...trouble } = readRecords(
    records,
    lambdaInstance,
    (item): Resource => ({
      ...seen,
      resourceId: item.id,
      kind: 'instance',
      name: nameOrId(item),
      ...typed(item.instance_type ?? undefined),
      ...(item.status === null || item.status === undefined ? {} : { status: item.status }),
    }),
  );
  return { resources: facts, ...wholeList('instance', trouble.rejects), ...trouble };
}

function wholeList(kind: Resource['kind'], rejects: readonly Reject[]) {
  return rejects.length === 0 ? { listed: [kind] } : {};
}

function nameOrId({ id, name }: Pick<LambdaInstance, 'id' | 'name'>): string {
  return name || id;
}

/** GPU type, GPU count and price of an instance type: 3592 cents is $35.92 an hour. */
function typed(type: InstanceType | undefined) {
  if (type === undefined) return {};
  const usdPerHour = usdOf(type);
  const gpuCount = type.specs?.gpus ?? undefined;
  const { gpu_description: described, name } = type;
  const gpuType = described || name;
  return {
    ...(gpuCount === 0 ? {} : { gpuType }),
    ...(gpuCount === undefined || gpuCount === 0 ? {} : { gpuCount }),
    ...(usdPerHour === undefined ? {} : { usdPerHour: nanoFromUsd(usdPerHour) }),
  };
}

function usdOf({ price_cents_per_hour: cents }: InstanceType) {
  if (cents === null || cents === undefined) return undefined;
  const usd = divide(decimal(cents), exactInteger(100));
  return isZero(usd) ? undefined : usd;
}

/**
 * Reads shared file systems. Lambda bills them per GiB and hour, but its API reports no price.
 * Their cost stays unknown, and a warning states their size.
 */
export function readFileSystems(records: Iterable<unknown>, seen: ObservationContext): Inventory {
  let bytes = ZERO;
  const { facts, rejects, warnings } = readRecords(records, fileSystem, (item): Resource => {
    if (item.bytes_used !== null && item.bytes_used !== undefined) {
      bytes = add(bytes, decimal(item.bytes_used));
    }
    const { is_in_use: isUsed } = item;
    const status =
      isUsed === null || isUsed === undefined ? {} : { status: isUsed ? 'in use' : 'idle' };
    return { ...seen, resourceId: item.id, kind: 'volume', name: nameOrId(item), ...status };
  });
  const whole = wholeList('volume', rejects);
  return {
    resources: facts,
    ...whole,
    rejects,
    warnings: [...warnings, ...costNote(facts, bytes)],
  };
}

const GIB = exactInteger(2 ** 30);

function costNote({ length }: readonly unknown[], bytes: typeof ZERO): PullWarning[] {
  if (length === 0) return [];
  const size = isZero(bytes) ? {} : { gib: toDecimal(divide(bytes, GIB), 1) };
  return [{ code: 'storage-not-priced', fileSystems: length, ...size }];
}

/**
 * Reads the catalog as dated rates by instance type, because the price per GPU depends on the size.
 */
export function readLambdaTypes(entries: Iterable<unknown>, seen: ObservationContext) {
  const { facts, rejects, warnings } = readRecords(entries, typeEntry, (entry) => entry);
  const rates = facts.flatMap(({ position, fact: { instance_type: type } }) => {
    const usd = usdOf(type);
    const gpus = type.specs?.gpus ?? 0;
    if (usd === undefined || gpus < 1) return [];
    const fact: GpuRate = {
      sourceId: seen.sourceId,
      provider: 'lambda',
      gpuType: type.name,
      pricingClass: 'on-demand',
      validFromMs: seen.seenAtMs,
      usdPerGpuHour: nanoFromUsd(divide(usd, exactInteger(gpus))),
    };
    return [{ position, fact }];
  });
  return { rates, rejects, warnings };
}

/**
 * Returns a reader for the pages of one audit log. It drops repeats, because page bounds are
 * inclusive.
 */
export function newEventReader() {
  const ids = new Set<string>();
  const moments = new Set<string>();
  return (records: Iterable<unknown>, { sourceId, seenAtMs: askedAtMs }: ObservationContext) => {
    const unknown = new Set<string>();
    const schema = auditEvent.refine(({ atMs }) => atMs < askedAtMs + DAY_MS, {
      error: 'found an event in the future, expected one in the past',
    });
    const { facts, rejects, warnings } = readRecords(records, schema, (event) => event);
    const resources = facts.flatMap(({ position, fact: event }) => {
      if (event.id !== undefined && ids.has(event.id)) return [];
      if (event.id !== undefined) ids.add(event.id);
      const status = statusOf(event, unknown);
      if (status === undefined) return [];
      return event.instanceIds.flatMap((resourceId) => {
        const fact = sightingOf(event, { sourceId, resourceId, status });
        const moment = `${fact.seenAtMs} ${resourceId}`;
        if (moments.has(moment)) return [];
        moments.add(moment);
        return [{ position, fact }];
      });
    });
    return { resources, rejects, warnings: [...warnings, ...unknownNote(unknown)] };
  };
}

type InstanceStatus = Pick<Resource, 'sourceId' | 'resourceId'> & { readonly status: string };

/** The same sighting on every read: it includes neither the current name nor the current price. */
function sightingOf({ atMs, instanceType }: AuditEvent, at: InstanceStatus): Resource {
  const gpuCount = Number(/^gpu_(\d{1,4})x_/.exec(instanceType ?? '')?.[1] ?? 0);
  return {
    ...at,
    kind: 'instance',
    name: at.resourceId,
    ...(instanceType === undefined ? {} : { gpuType: instanceType }),
    ...(gpuCount === 0 ? {} : { gpuCount }),
    // A mention comes 1 ms later, so that a start in the same millisecond comes first.
    seenAtMs: at.status === UPTIME_EVENT.mentioned ? atMs + 1 : atMs,
  };
}

const FAILED = /fail|error|reject|den(?:y|ied)|cancel/;
const STARTED = /\b(?:launch|creat|start|provision)/;
const ENDED = /\b(?:terminat|delet|destroy|remov|preempt|stop|shut)/;
const NEUTRAL = /\b(?:restart|reboot|cold|rebuil|migrat|updat|renam|modif|chang|tag|attach|detach)/;

/**
 * Lambda documents no action names, so they are classified by their words. `launched` and `created`
 * start an instance, `terminated` and `deleted` end it. Any other action only shows that it
 * existed.
 */
function statusOf({ isOfInstance, action }: AuditEvent, unknown: Set<string>) {
  const words = action.toLowerCase().replace(/[^a-z]+/g, ' ');
  if (FAILED.test(words)) return undefined;
  if (!isOfInstance) return UPTIME_EVENT.mentioned;
  if (ENDED.test(words)) return UPTIME_EVENT.ended;
  if (STARTED.test(words)) return UPTIME_EVENT.started;
  if (!NEUTRAL.test(words) && unknown.size < 10) unknown.add(shortText(action, 40));
  return UPTIME_EVENT.mentioned;
}

function unknownNote(unknown: ReadonlySet<string>): PullWarning[] {
  if (unknown.size === 0) return [];
  return [{ code: 'unknown-log-actions', actions: [...unknown].sort().join(', ') }];
}
