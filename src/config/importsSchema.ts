/** Schemas of `imports` and `requestLogs`: column and field mappings of custom files. */

import { z } from 'zod';
import {
  DATE_FORMATS,
  LOG_FIELDS,
  MAPPED_COLUMNS,
  MONEY_COLUMNS,
  MONEY_UNITS,
  TIME_UNITS,
} from '../domain/fileMapping.ts';
import { DEMANDS } from '../domain/usageFacts.ts';
import { patternSchema, textSchema } from './texts.ts';

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
export const importsSchema = z.record(
  z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/),
  mapping.check((context) => {
    for (const problem of findMappingProblems(context.value)) {
      context.issues.push({ code: 'custom', input: context.value, ...problem });
    }
  }),
);

const path = textSchema('the path of a field, like usage.prompt_tokens');

/** `{ envoy: { fields: { prompt_tokens: input_tokens, time: start_time } } }`. */
export const requestLogsSchema = z.record(
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
