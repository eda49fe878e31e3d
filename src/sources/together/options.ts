/** Options of a Together AI source in rentcheck.yaml, and the declaration of its kind. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';
import { unitPrice } from '../fieldTypes.ts';
import type { KindDeclaration } from '../source.ts';

export const togetherOptions = z.strictObject({
  apiKey: secretSchema,
  organization: z
    .string()
    .regex(/^[\w.-]{1,100}$/, { error: 'expected the id of an organization' })
    .optional()
    .meta({ description: 'The id of the billed organization; that of the key by default.' }),
  ...apiOptions('https://api.together.ai/v1'),
  billing: z
    .boolean()
    .default(true)
    .meta({
      description:
        'Whether to read the billing API. Set false if Together has not enabled it; ' +
        'charges of endpoints and clusters are then rebuilt, and the pull does not fail.',
    }),
  clusterRates: z
    .record(
      z.string().min(1),
      unitPrice
        .refine((value) => Number(value) > 0, { error: 'expected a price above 0' })
        .meta({ description: 'US dollars per GPU hour.' }),
    )
    .default({})
    .meta({
      description:
        'Cluster prices, which the API does not report: by cluster name or GPU type, with ' +
        '* as a wildcard; the first match counts.',
    }),
  reserved: z
    .array(z.string().min(1))
    .default([])
    .meta({
      description:
        'Names of reserved clusters, with * as a wildcard. No charges are rebuilt for ' +
        'them; enter their cost under commitments.',
    }),
});

export type TogetherOptions = z.output<typeof togetherOptions>;

/**
 * Bill by day, dedicated endpoints, GPU clusters, and prices of hardware and tokens, from
 * Together's API v1. Without the billing API, charges are rebuilt from samples of endpoints and
 * clusters.
 */
export const togetherDeclaration: KindDeclaration<TogetherOptions> = {
  kind: 'together',
  provides: ['charges', 'inventory', 'rates', 'prices'],
  options: togetherOptions,
  listsModels: true,
  // A month's bill changes until its invoice is issued, early in the next month.
  trailingDays: 35,
  samples: ['inventory', 'rates'],
  states: {
    // A paused cluster saves only its on-demand part; Together documents nothing more.
    cluster: { billed: ['Ready', 'Degraded'], idle: [], starting: [], isOnBill: false },
  },
};
