/** Schema of the whole config file, except the options of sources, which each kind defines. */

import { z } from 'zod';
import { LOG_LEVELS } from '../platform/logLevel.ts';
import {
  commitmentSchema,
  currenciesSchema,
  creditSchema,
  laborSchema,
  marketSchema,
  migrationSchema,
  opsSchema,
  policySchema,
  recordSchema,
  pricesSchema,
} from './decisionSchema.ts';
import { deploymentSchema } from './deploymentSchema.ts';
import { httpSchema } from './httpSchema.ts';
import { importsSchema, requestLogsSchema } from './importsSchema.ts';
import { wholeNumberSchema } from './numbers.ts';
import { redisSchema } from './redisSchema.ts';
import { idSchema, reportSchema, smtpSchema } from './reportSchema.ts';
import { scheduleSchema } from './scheduleSchema.ts';
import { textSchema } from './texts.ts';
import { webSchema } from './webSchema.ts';

export const configSchema = z.strictObject({
  ledger: textSchema('the path of a file').default('./rentcheck.db'),
  owner: textSchema('a person or a team').exactOptional(),
  fiscal: z.strictObject({ startMonth: wholeNumberSchema(1, 12).default(1) }).prefault({}),
  sharing: z.enum(['gpu-time', 'tokens']).default('gpu-time'),
  http: httpSchema.prefault({}),
  sources: z.record(idSchema, z.unknown()).default({}),
  deployments: z.record(idSchema, deploymentSchema).default({}),
  commitments: z.array(commitmentSchema).default([]),
  currencies: currenciesSchema.default({}),
  imports: importsSchema.default({}),
  requestLogs: requestLogsSchema.default({}),
  credits: z.array(creditSchema).min(1).exactOptional(),
  billOfRecord: z.array(recordSchema).min(1).exactOptional(),
  market: marketSchema.prefault({}),
  prices: pricesSchema.exactOptional(),
  migration: migrationSchema.exactOptional(),
  labor: laborSchema.exactOptional(),
  policy: policySchema.prefault({}),
  ops: opsSchema.prefault({}),
  report: reportSchema.exactOptional(),
  smtp: smtpSchema.exactOptional(),
  redis: redisSchema.exactOptional(),
  log: z.strictObject({ level: z.enum(LOG_LEVELS).default('info') }).prefault({}),
  web: webSchema.exactOptional(),
  schedule: scheduleSchema.prefault({}),
});

export type ConfigSections = z.output<typeof configSchema>;
