/** Options of a Lambda Cloud source in rentcheck.yaml, and the declaration of its kind. */

import { z } from 'zod';
import type { StatesByKind } from '../../domain/uptime.ts';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';
import type { KindDeclaration } from '../source.ts';

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

/**
 * Lambda has no billing API; charges are rebuilt from inventory samples, the audit log and prices.
 */
export const lambdaDeclaration: KindDeclaration<LambdaOptions> = {
  kind: 'lambda',
  provides: ['charges', 'inventory', 'rates'],
  options: lambdaOptions,
  samples: ['inventory', 'rates'],
  states: LAMBDA_STATES,
};
