/** What rentcheck.yaml may say of a Lambda Cloud account. */

import type { StatesByKind } from '../../domain/uptime.ts';
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
        'Names of reserved instances (1-Click Clusters), with * as a wildcard. No charges ' +
        'are rebuilt for them; enter their cost under commitments.',
    }),
});

export type LambdaOptions = z.output<typeof lambdaOptions>;

/** Billed from the passed health check after the launch to the termination. */
export const LAMBDA_STATES = {
  instance: {
    billed: ['active', 'unhealthy'],
    idle: ['terminated', 'terminating', 'preempted'],
    starting: ['booting'],
    // The bill is rebuilt from the inventory itself, and leaves out what is paid otherwise.
    isOnBill: false,
  },
} as const satisfies StatesByKind;
