/** The fields of Lambda Cloud's answers that are read; no others are kept. */

import { z } from 'zod';
import { fieldsOf, listOf } from '../../platform/readFields.ts';
import { instant, numberText, wholeNumber } from '../../platform/wire.ts';
import { idText, labelText, nameText } from '../fieldTypes.ts';

/** US cents an hour for a whole instance. */
const cents = numberText.refine((text) => Number(text) >= 0 && Number(text) < 1e8, {
  error: 'expected a price from 0 to a million dollars per hour',
});

const instanceType = z.object({
  name: nameText,
  gpu_description: labelText.nullish(),
  price_cents_per_hour: cents.nullish(),
  specs: z.object({ gpus: wholeNumber.nullish() }).nullish(),
});
export type InstanceType = z.output<typeof instanceType>;

export const instance = z.object({
  id: idText,
  name: labelText.nullish(),
  status: nameText.nullish(),
  instance_type: instanceType.nullish(),
});
export type Instance = z.output<typeof instance>;

export const fileSystem = z.object({
  id: idText,
  name: labelText.nullish(),
  is_in_use: z.boolean().nullish(),
  bytes_used: numberText.nullish(),
});

/** A Lambda Resource Name; one that is too long or no text names nothing. */
const lrn = labelText.nullish().catch(null);

const eventFields = z.object({
  event_id: labelText.nullish(),
  event_time: instant,
  resource_name: labelText.nullish(),
  action: labelText.nullish(),
  resource_lrns: z.array(lrn).nullish(),
  additional_details: z.object({ instance_lrn: lrn, instance_type: nameText.nullish() }).nullish(),
});

/** With the ids in `lrn:cloud:instance:ID`, each once. */
export const auditEvent = eventFields.transform((event, context) => {
  const { resource_name: of, resource_lrns: lrns, additional_details: details } = event;
  const all = [...(lrns ?? []), details?.instance_lrn];
  const ids = all.flatMap((text) => INSTANCE_LRN.exec(text ?? '')?.[1] ?? []);
  const isOfInstance = /instance/i.test(of ?? '');
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

/** The map is read entry by entry, so that a bad one costs one. */
export const typesAnswer = z.object({ data: z.record(z.string(), z.unknown()) });
export const typesFields = fieldsOf(z.object({ data: z.record(z.string(), typeEntry) }));

/** The frame of every list: one that is missing or is something else is no empty list. */
export const listFrame = z.object({ data: z.array(z.unknown()) });

export const instancesFields = fieldsOf(z.object({ data: listOf(instance) }));
export const fileSystemsFields = fieldsOf(z.object({ data: listOf(fileSystem) }));

/** Where the log goes on; null after its last page. */
export const eventsFrame = listFrame.extend({ page_token: z.string().nullish() });
export const eventsFields = fieldsOf(eventsFrame.extend({ data: listOf(eventFields) }));
