/** Options of a CoreWeave source in rentcheck.yaml, and the declaration of its kind. */

import { z } from 'zod';
import { parseInstant } from '../../domain/period.ts';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';
import { unitPrice } from '../fieldTypes.ts';
import type { KindDeclaration } from '../source.ts';

const usd = unitPrice.meta({
  description: 'US dollars per unit of usage, as the export counts it.',
});

const ratePeriod = z.strictObject({
  usd,
  from: z
    .string()
    .refine((text) => parseInstant(text) !== undefined, {
      error: 'expected a date such as 2026-07-01',
    })
    .optional()
    .meta({ description: 'First day of this rate, in UTC; from the beginning by default.' }),
  per: z.string().min(1).max(100).optional().meta({
    description: 'The unit of this rate, such as Instance-Hour; the unit of the usage by default.',
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
        'Your contract rates by SKU, with * as a wildcard; a plan in front limits a rate: ' +
        'reserved/gb200-*.',
    }),
});

export type CoreweaveOptions = z.output<typeof coreweaveOptions>;

/** CoreWeave's FOCUS export has quantities and no costs; charges are quantity times rate. */
export const coreweaveDeclaration: KindDeclaration<CoreweaveOptions> = {
  kind: 'coreweave',
  provides: ['charges', 'inventory'],
  options: coreweaveOptions,
  // Nodes are billed whatever the state of their cluster.
  states: { cluster: { billed: [], idle: [], starting: [], isOnBill: false } },
};
