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
import { whole } from './numbers.ts';
import { addressSecret, dayAsText, text, timeOfDay, timeZone, locale } from './texts.ts';

export const idSchema = z.string().regex(ID_PATTERN);

const recipient = z.strictObject({
  role: z.enum(READERS),
  channel: text('the id of a channel').default(MAIL_CHANNEL),
  address: mailAddress.exactOptional(),
  deployments: z.array(text('the id of a deployment')).min(1).exactOptional(),
});

const deadMan = z.strictObject({
  to: mailAddress.exactOptional(),
  webhook: secretSchema.exactOptional(),
  graceHours: whole(0, 720).default(24),
});

/** A separate check reports a section without recipients. */
export const reportSchema = z
  .strictObject({
    from: mailAddress,
    to: z.array(mailAddress).default([]),
    timeZone: timeZone().default('UTC'),
    sendOn: z
      .strictObject({
        businessDayOfQuarter: whole(1, 60),
        at: timeOfDay(),
        holidays: z.array(dayAsText()).default([]),
      })
      .exactOptional(),
    corrections: z.enum(['auto', 'ask', 'off']).default('auto'),
    owner: mailAddress.exactOptional(),
    recipients: z.array(recipient).default([]),
    channels: z.record(idSchema, channelSchema).default({}),
    deadMan: deadMan.exactOptional(),
    language: z.enum(['en']).default('en'),
    locale: locale().exactOptional(),
    pdf: z.boolean().default(false),
    chromium: text('the path or name of Chromium or Chrome').exactOptional(),
  })
  .meta({ anyOf: [{ required: ['to'] }, { required: ['recipients'] }] });

export const smtpSchema = z.strictObject({
  url: addressSecret(['smtp:', 'smtps:']),
  requireTls: z.boolean().exactOptional(),
  ca: text('the path of a PEM file').exactOptional(),
  timeoutSeconds: whole(1, 600).default(60),
  dkim: dkimSchema.exactOptional(),
});
