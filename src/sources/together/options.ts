/** What rentcheck.yaml may say of a Together AI organization. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';
import { unitUsd } from '../fieldTypes.ts';

export const togetherOptions = z.strictObject({
  apiKey: secretSchema,
  organization: z
    .string()
    .regex(/^[\w.-]{1,100}$/, { error: 'expected the id of an organization' })
    .optional()
    .meta({ description: 'The id of the organization that is billed; that of the key if absent.' }),
  ...apiOptions('https://api.together.ai/v1'),
  billing: z
    .boolean()
    .default(true)
    .meta({
      description:
        'Whether the billing API is asked; false where Together has not turned it on, so that ' +
        'charges of endpoints and clusters are rebuilt and the pull does not fail.',
    }),
  clusterRates: z
    .record(
      z.string().min(1),
      unitUsd
        .refine((value) => Number(value) > 0, { error: 'expected a price above 0' })
        .meta({ description: 'US dollars of one GPU an hour.' }),
    )
    .default({})
    .meta({
      description:
        'What clusters cost, for the API does not tell it: by name of the cluster or by its GPU ' +
        'type, with *; the first that fits counts.',
    }),
  reserved: z
    .array(z.string().min(1))
    .default([])
    .meta({
      description:
        'Names of clusters, with *, that a reservation pays for: no charges are rebuilt for ' +
        'them; enter what they cost under commitments.',
    }),
});

export type TogetherOptions = z.output<typeof togetherOptions>;
