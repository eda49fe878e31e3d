/** What rentcheck.yaml may say of a CoreWeave organization. */

import { z } from 'zod';
import { parseInstant } from '../../domain/period.ts';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';
import { unitUsd } from '../fieldTypes.ts';

const usd = unitUsd.meta({
  description: 'US dollars of one unit of the usage, as the export counts it.',
});

const ratePeriod = z.strictObject({
  usd,
  from: z
    .string()
    .refine((text) => parseInstant(text) !== undefined, {
      error: 'expected a date such as 2026-07-01',
    })
    .optional()
    .meta({ description: 'The first day of this rate, UTC; from the beginning unless given.' }),
  per: z.string().min(1).max(100).optional().meta({
    description: 'The unit it is for, such as Instance-Hour; the usage’s own unless given.',
  }),
});

export type RatePeriod = z.output<typeof ratePeriod>;

export const coreweaveOptions = z.strictObject({
  apiKey: secretSchema,
  ...apiOptions('https://api.coreweave.com'),
  rates: z
    .record(z.string().min(1), z.union([usd, ratePeriod, z.array(ratePeriod).min(1)]))
    .default({})
    .meta({
      description:
        'Your contract rates by SKU, with *; a plan before it limits a rate: reserved/gb200-*.',
    }),
});

export type CoreweaveOptions = z.output<typeof coreweaveOptions>;
