/** Schema of the whole config file. The sources have schemas of their own, one for each kind. */

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
import { httpSchema, redisSchema, webSchema } from './connectionSchema.ts';
import { deploymentSchema } from './deploymentSchema.ts';
import { ID_PATTERN } from './ids.ts';
import { wholeNumberSchema } from './numbers.ts';
import { reportSchema, scheduleSchema, smtpSchema } from './reportSchema.ts';
import { patternSchema, textSchema } from './texts.ts';
import {
  DATE_FORMATS,
  LOG_FIELDS,
  MAPPED_COLUMNS,
  MONEY_COLUMNS,
  MONEY_UNITS,
  TIME_UNITS,
} from '../domain/fileMapping.ts';
import { DEMANDS } from '../domain/usageFacts.ts';

const idSchema = z.string().regex(ID_PATTERN);

const column = z.enum(MAPPED_COLUMNS);

const mapping = z
  .strictObject({
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
  })
  .check((context) => {
    for (const problem of mappingProblems(context.value)) {
      context.issues.push({ code: 'custom', input: context.value, ...problem });
    }
  });

/** `{ 'lambda-invoice': { columns: { billed_cost: Amount }, constants: { currency: USD } } }`. */
const importsSchema = z.record(idSchema, mapping);

const path = textSchema('the path of a field, like usage.prompt_tokens');

/** `{ envoy: { fields: { prompt_tokens: input_tokens, time: start_time } } }`. */
const requestLogsSchema = z.record(
  idSchema,
  z.strictObject({
    fields: z.partialRecord(z.enum(LOG_FIELDS), path).default({}),
    demands: z.record(z.string(), z.enum(DEMANDS)).default({}),
  }),
);

const NEEDED = ['resource_id', 'category', 'billed_cost', 'currency'];

/** Finds what is set twice and what is missing, in a mapping that is otherwise valid. */
function mappingProblems({ columns, constants }: { columns: object; constants: object }) {
  const isSet = (name: string) => name in columns || name in constants;
  const twice = Object.keys(constants).filter((name) => name in columns);
  const missing = NEEDED.filter((name) => !isSet(name)).map((name) => `"${name}"`);
  const hasEnd = isSet('end') || isSet('last_day');
  const hasPeriod = isSet('month') || isSet('day') || (isSet('start') && hasEnd);
  const problems = twice.map((name) => ({
    path: ['constants', name],
    message: `"${name}" is set under columns and under constants; keep one of the two`,
  }));
  if (missing.length > 0) {
    const message = `missing ${missing.join(', ')}; add under columns or constants`;
    problems.push({ path: ['columns'], message });
  }
  if (!hasPeriod) {
    const message = 'missing the period; add month, day, start and end, or start and last_day';
    problems.push({ path: ['columns'], message });
  }
  return problems;
}

export const configSchema = z.strictObject({
  ledger: textSchema('the path of a file').default('./rentcheck.db'),
  /** A person or a team: acts for deployments and commitments without an owner of their own. */
  owner: textSchema('a person or a team').exactOptional(),
  fiscal: z.strictObject({ startMonth: wholeNumberSchema(1, 12).default(1) }).prefault({}),
  /** How the cost of a resource is split among the deployments that share it. */
  sharing: z.enum(['gpu-time', 'tokens']).default('gpu-time'),
  http: httpSchema.prefault({}),
  sources: z.record(idSchema, z.unknown()).default({}),
  deployments: z.record(idSchema, deploymentSchema).default({}),
  commitments: z.array(commitmentSchema).default([]),
  /** Exchange rates of the config; they take precedence over imported ones. */
  currencies: currenciesSchema,
  /** Column mappings of custom bills, by name. */
  imports: importsSchema.default({}),
  /** Field mappings of access logs, by the name used with `--as`. */
  requestLogs: requestLogsSchema.default({}),
  credits: z.array(creditSchema).min(1).exactOptional(),
  /** Which source's bill counts if two sources bill the same purchase; all count if absent. */
  billOfRecord: z.array(recordSchema).min(1).exactOptional(),
  market: marketSchema.prefault({}),
  prices: pricesSchema.exactOptional(),
  migration: migrationSchema,
  labor: laborSchema,
  policy: policySchema.prefault({}),
  ops: opsSchema.prefault({}),
  report: reportSchema.exactOptional(),
  smtp: smtpSchema.exactOptional(),
  redis: redisSchema.exactOptional(),
  /** Log level of the worker; `RENTCHECK_LOG` in the environment takes precedence. */
  log: z.strictObject({ level: z.enum(LOG_LEVELS).default('info') }).prefault({}),
  /** No pages are served if absent. */
  web: webSchema.exactOptional(),
  schedule: scheduleSchema.prefault({}),
});

export type ConfigSections = z.output<typeof configSchema>;
