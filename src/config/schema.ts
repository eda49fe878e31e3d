/** Schema of the whole config file, except deployments, decisions, redis, web and the sources. */

import { z } from 'zod';
import { LOG_LEVELS } from '../platform/logLevel.ts';
import {
  commitmentSchema,
  creditSchema,
  currenciesSchema,
  laborSchema,
  marketSchema,
  migrationSchema,
  opsSchema,
  policySchema,
  pricesSchema,
  recordSchema,
} from './decisionSchema.ts';
import { deploymentSchema } from './deploymentSchema.ts';
import { wholeNumberSchema } from './numbers.ts';
import { redisSchema } from './redisSchema.ts';
import {
  addressSecretSchema,
  dateTextSchema,
  localeSchema,
  patternSchema,
  textSchema,
  timeOfDaySchema,
  timeZoneSchema,
} from './texts.ts';
import { webSchema } from './webSchema.ts';
import { channelSchema, dkimSchema, MAIL_CHANNEL, mailAddress } from '../delivery/options.ts';
import { RECIPIENT_ROLES } from '../domain/edition.ts';
import { secretSchema } from '../platform/secret.ts';
import { ID_PATTERN } from './config.ts';
import { parseCron } from '../calendar/cron.ts';
import { type CronLine, DEFAULT_CRONS } from '../calendar/schedule.ts';
import { valueSchema } from './valueRule.ts';
import {
  DATE_FORMATS,
  LOG_FIELDS,
  MAPPED_COLUMNS,
  MONEY_COLUMNS,
  MONEY_UNITS,
  TIME_UNITS,
} from '../domain/fileMapping.ts';
import { DEMANDS } from '../domain/usageFacts.ts';

const column = z.enum(MAPPED_COLUMNS);

const mapping = z.strictObject({
  columns: z.partialRecord(column, textSchema('the name of a column in the file')),
  constants: z.partialRecord(column, textSchema('a value')).default({}),
  units: z
    .strictObject({
      ...Object.fromEntries(
        MONEY_COLUMNS.map((name) => [name, z.enum(MONEY_UNITS).exactOptional()]),
      ),
      quantity: z.enum(TIME_UNITS).exactOptional(),
    })
    .default({}),
  decimal: z.enum(['.', ',']).exactOptional(),
  dates: z.enum(DATE_FORMATS).default('YYYY-MM-DD'),
  separator: z.enum([',', ';', '\t']).default(','),
  rows: z.record(z.string(), patternSchema('a value, with * as a wildcard')).default({}),
});

/** `{ 'lambda-invoice': { columns: { billed_cost: Amount }, constants: { currency: USD } } }`. */
const importsSchema = z.record(
  z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/),
  mapping.check((context) => {
    for (const problem of findMappingProblems(context.value)) {
      context.issues.push({ code: 'custom', input: context.value, ...problem });
    }
  }),
);

const path = textSchema('the path of a field, like usage.prompt_tokens');

/** `{ envoy: { fields: { prompt_tokens: input_tokens, time: start_time } } }`. */
const requestLogsSchema = z.record(
  z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/),
  z.strictObject({
    fields: z.partialRecord(z.enum(LOG_FIELDS), path).default({}),
    demands: z.record(z.string(), z.enum(DEMANDS)).default({}),
  }),
);

type MappingSection = z.output<typeof mapping>;

const NEEDED = ['resource_id', 'category', 'billed_cost', 'currency'] as const;

/** Returns what is set twice and what is missing. */
function findMappingProblems({ columns, constants }: MappingSection) {
  const isSet = (name: keyof MappingSection['columns']) =>
    columns[name] !== undefined || constants[name] !== undefined;
  const twice = Object.keys(constants).filter((name) => name in columns);
  const missing = NEEDED.filter((name) => !isSet(name)).map((name) => `"${name}"`);
  const ends = isSet('end') || isSet('last_day');
  const hasPeriod = isSet('month') || isSet('day') || (isSet('start') && ends);
  return [
    ...twice.map((name) => ({
      path: ['constants', name],
      message: `"${name}" is set under columns and under constants; keep one of the two`,
    })),
    ...(missing.length === 0
      ? []
      : [
          {
            path: ['columns'],
            message: `missing ${missing.join(', ')}; add under columns or constants`,
          },
        ]),
    ...(hasPeriod
      ? []
      : [
          {
            path: ['columns'],
            message: 'missing the period; add month, day, start and end, or start and last_day',
          },
        ]),
  ];
}

/** A cron expression of five fields in UTC, kept as written; `null` if it is off. */
function cronExpression() {
  return valueSchema<string | null>({
    expected: 'five cron fields in UTC like "5 * * * *" (numbers, lists, ranges, steps), or off',
    json: { type: ['string', 'boolean'] },
    read(value) {
      if (value === 'off' || value === false) return null;
      return typeof value === 'string' && parseCron(value) !== undefined ? value : undefined;
    },
    remedy(value) {
      if (typeof value !== 'string') return undefined;
      if (/[a-z@#?]/i.test(value)) {
        return 'write days and months as numbers, e.g. 1-5 for Monday to Friday';
      }
      return /(^|[\s,])\d+\//.test(value) ? 'write a step with a range, e.g. 5-59/10' : undefined;
    },
  });
}

const cronLines = Object.fromEntries(
  Object.keys(DEFAULT_CRONS).map((line) => [line, cronExpression().exactOptional()]),
) as Record<CronLine, z.ZodExactOptional<ReturnType<typeof cronExpression>>>;

const scheduleSchema = z.strictObject({
  ...cronLines,
  /** Only `off` has an effect: `report.sendOn` sets the time. */
  quarter: z.enum(['on', 'off']).default('on'),
  /** By source ID: days back for which its bill is pulled again each day. */
  trailingDays: z.record(z.string(), wholeNumberSchema(1, 400)).default({}),
  /**
   * By source ID: facts for which it reports only the present, so they are pulled often; may be
   * empty.
   */
  sampled: z.record(z.string(), z.array(z.enum(['usage', 'inventory']))).default({}),
});

const idSchema = z.string().regex(ID_PATTERN);

const recipient = z.strictObject({
  role: z.enum(RECIPIENT_ROLES),
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
const reportSchema = z
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

const smtpSchema = z.strictObject({
  url: addressSecretSchema(['smtp:', 'smtps:']),
  requireTls: z.boolean().exactOptional(),
  ca: textSchema('the path of a PEM file').exactOptional(),
  timeoutSeconds: wholeNumberSchema(1, 600).default(60),
  dkim: dkimSchema.exactOptional(),
});

const concurrency = wholeNumberSchema(1, 100);
const requestRate = wholeNumberSchema(1, 100_000);

/** `api.runpod.io`, or `prometheus:9090`. */
const host = z.string().regex(/^[A-Za-z0-9.-]+(?::\d{1,5})?$|^\[[0-9A-Fa-f:]+\](?::\d{1,5})?$/);

const httpSchema = z.strictObject({
  retries: wholeNumberSchema(0, 10).default(4),
  timeoutSeconds: wholeNumberSchema(1, 3600).default(30),
  pullStallMinutes: wholeNumberSchema(1, 1440).default(10),
  pullMinutes: wholeNumberSchema(1, 10_080).default(240),
  concurrent: concurrency.default(4),
  perMinute: requestRate.default(300),
  hosts: z
    .record(
      host,
      z.strictObject({
        concurrent: concurrency.exactOptional(),
        perMinute: requestRate.exactOptional(),
      }),
    )
    .default({}),
});

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
