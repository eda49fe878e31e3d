/** What rentcheck.yaml may say of a Lambda Cloud account. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';

export const lambdaOptions = z.strictObject({
  apiKey: secretSchema,
  ...apiOptions('https://cloud.lambda.ai'),
  reserved: z
    .array(z.string().min(1))
    .default([])
    .meta({
      description:
        'Names of instances, with *, that a reservation pays for (1-Click Clusters): no charges ' +
        'are rebuilt for them; enter what they cost under commitments.',
    }),
});

export type LambdaOptions = z.output<typeof lambdaOptions>;
