/** Options of a Together AI source in rentcheck.yaml. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';
import { unitPrice } from '../fieldTypes.ts';

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
