/** Schemas of Lambda Cloud's API responses; only these fields are stored. */

import { z } from 'zod';
import { findReadFields, recordList } from '../../platform/schemaFields.ts';
import { instantMsSchema, numberText, wholeNumber } from '../../platform/responseSchemas.ts';
import { providerId, freeText, providerName } from '../fieldTypes.ts';

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
export type InstanceType = z.output<typeof instanceType>;

export const lambdaInstance = z.object({
  id: providerId,
  name: freeText.nullish(),
  status: providerName.nullish(),
  instance_type: instanceType.nullish(),
});
export type LambdaInstance = z.output<typeof lambdaInstance>;

export const fileSystem = z.object({
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
export const auditEvent = eventFields.transform((event, context) => {
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
export type AuditEvent = z.output<typeof auditEvent>;

const INSTANCE_LRN = /^lrn:[^:]*:instance:([^\p{C}\p{Z}:]{1,200})$/u;

/** One entry of the map of instance types. */
export const typeEntry = z.object({ instance_type: instanceType });

/** Entries are parsed one by one, so that an invalid one rejects only itself. */
export const lambdaTypesAnswer = z.object({ data: z.record(z.string(), z.unknown()) });
export const typesFields = findReadFields(z.object({ data: z.record(z.string(), typeEntry) }));

/** Frame of every list. A missing or different `data` is an error, not an empty list. */
export const listFrame = z.object({ data: z.array(z.unknown()) });

export const instancesFields = findReadFields(z.object({ data: recordList(lambdaInstance) }));
export const fileSystemsFields = findReadFields(z.object({ data: recordList(fileSystem) }));

/** `page_token` is null on the last page of the log. */
export const eventsFrame = listFrame.extend({ page_token: z.string().nullish() });
export const eventsFields = findReadFields(eventsFrame.extend({ data: recordList(eventFields) }));
