/** Knows the whole config file but for the options of sources, which each kind knows itself. */

import { z } from 'zod';
import {
  commitmentSchema,
  laborSchema,
  marketSchema,
  migrationSchema,
  opsSchema,
  policySchema,
} from './decisionSchema.ts';
import { deploymentSchema } from './deploymentSchema.ts';
import { whole } from './numbers.ts';
import { scheduleSchema } from './scheduleSchema.ts';
import { addressSecret, dayAsText, mailAddress, text, timeOfDay, timeZone } from './texts.ts';

/** Ids appear in file names, job ids and SQL; they hold nothing that needs escaping there. */
export const ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const id = z.string().regex(ID_PATTERN);

const reportSchema = z.strictObject({
  from: mailAddress(),
  to: z.array(mailAddress()).min(1),
  timeZone: timeZone().default('UTC'),
  sendOn: z
    .strictObject({
      businessDayOfQuarter: whole(1, 60),
      at: timeOfDay(),
      holidays: z.array(dayAsText()).default([]),
    })
    .exactOptional(),
  corrections: z.enum(['auto', 'ask', 'off']).default('auto'),
});

export const configSchema = z.strictObject({
  ledger: text('the path of a file').default('./rentcheck.db'),
  fiscal: z.strictObject({ startMonth: whole(1, 12).default(1) }).prefault({}),
  sharing: z.enum(['gpu-time', 'tokens']).default('gpu-time'),
  http: z
    .strictObject({ retries: whole(0, 10).default(4), timeoutSeconds: whole(1, 3600).default(30) })
    .prefault({}),
  sources: z.record(id, z.unknown()).default({}),
  deployments: z.record(id, deploymentSchema).default({}),
  commitments: z.array(commitmentSchema).default([]),
  market: marketSchema.prefault({}),
  migration: migrationSchema.exactOptional(),
  labor: laborSchema.exactOptional(),
  policy: policySchema.prefault({}),
  ops: opsSchema.prefault({}),
  report: reportSchema.exactOptional(),
  smtp: z.strictObject({ url: addressSecret(['smtp:', 'smtps:']) }).exactOptional(),
  schedule: scheduleSchema.prefault({}),
  redis: z.strictObject({ url: addressSecret(['redis:', 'rediss:']) }).exactOptional(),
});

export type ConfigSections = z.output<typeof configSchema>;
