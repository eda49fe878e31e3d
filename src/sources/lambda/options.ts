/** Options of a Lambda Cloud source in rentcheck.yaml. */

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

/** Lambda bills from the passed health check after launch until termination. */
export const LAMBDA_STATES = {
  instance: {
    billed: ['active', 'unhealthy'],
    idle: ['terminated', 'terminating', 'preempted'],
    starting: ['booting'],
    // Charges are rebuilt from the inventory and exclude instances paid for otherwise.
    isOnBill: false,
  },
} as const satisfies StatesByKind;
