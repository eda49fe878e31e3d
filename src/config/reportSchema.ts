/** Schemas of `report` and `smtp`: who gets a report, when, and through which channel. */

import { z } from 'zod';
import {
  channelSchema,
  dkimSchema,
  MAIL_CHANNEL,
  mailAddress,
  READERS,
} from '../delivery/options.ts';
import { secretSchema } from '../platform/secret.ts';
import { ID_PATTERN } from './config.ts';
import { wholeNumberSchema } from './numbers.ts';
import {
  addressSecretSchema,
  dateTextSchema,
  textSchema,
  timeOfDaySchema,
  timeZoneSchema,
  localeSchema,
} from './texts.ts';

export const idSchema = z.string().regex(ID_PATTERN);

const recipient = z.strictObject({
  role: z.enum(READERS),
  channel: textSchema('the id of a channel').default(MAIL_CHANNEL),
  address: mailAddress.exactOptional(),
  deployments: z.array(textSchema('the id of a deployment')).min(1).exactOptional(),
});

const deadMan = z.strictObject({
  to: mailAddress.exactOptional(),
  webhook: secretSchema.exactOptional(),
  graceHours: wholeNumberSchema(0, 720).default(24),
});

/** A separate check reports a section without recipients. */
export const reportSchema = z
  .strictObject({
    from: mailAddress,
    to: z.array(mailAddress).default([]),
    timeZone: timeZoneSchema().default('UTC'),
    sendOn: z
      .strictObject({
        businessDayOfQuarter: wholeNumberSchema(1, 60),
        at: timeOfDaySchema(),
        holidays: z.array(dateTextSchema()).default([]),
      })
      .exactOptional(),
    corrections: z.enum(['auto', 'ask', 'off']).default('auto'),
    owner: mailAddress.exactOptional(),
    recipients: z.array(recipient).default([]),
    channels: z.record(idSchema, channelSchema).default({}),
    deadMan: deadMan.exactOptional(),
    language: z.enum(['en']).default('en'),
    locale: localeSchema().exactOptional(),
    pdf: z.boolean().default(false),
    chromium: textSchema('the path or name of Chromium or Chrome').exactOptional(),
  })
  .meta({ anyOf: [{ required: ['to'] }, { required: ['recipients'] }] });

export const smtpSchema = z.strictObject({
  url: addressSecretSchema(['smtp:', 'smtps:']),
  requireTls: z.boolean().exactOptional(),
  ca: textSchema('the path of a PEM file').exactOptional(),
  timeoutSeconds: wholeNumberSchema(1, 600).default(60),
  dkim: dkimSchema.exactOptional(),
});
