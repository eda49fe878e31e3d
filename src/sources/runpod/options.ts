/** What rentcheck.yaml may say of a RunPod account. */

import type { StatesByKind } from '../../domain/uptime.ts';
import { z } from 'zod';
import { baseUrlSchema } from '../../platform/baseUrl.ts';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';
import { DAY_MS, HOUR_MS } from '../../domain/period.ts';
import type { Recalled, Reread } from '../source.ts';

export const runpodOptions = z.strictObject({
  apiKey: secretSchema,
  ...apiOptions('https://api.runpod.io'),
  healthUrl: baseUrlSchema.default('https://api.runpod.ai'),
  /** Length of the bill's buckets; a day is enough where only sums matter. */
  bucket: z.enum(['hour', 'day']).default('hour'),
  spot: z.array(z.string().min(1)).default([]).meta({
    description:
      'Names of the spot pods, with * as a wildcard; the RunPod API does not report them.',
  }),
});

export type RunpodOptions = z.output<typeof runpodOptions>;

/**
 * By RunPod's description of its pods. It does not say what a pod in `ERROR` costs. Workers of
 * endpoints are told apart: it does not say what one that is `IDLE` costs either.
 */
export const RUNPOD_STATES = {
  pod: {
    billed: ['RUNNING'],
    idle: ['EXITED', 'TERMINATED'],
    starting: ['PROVISIONING', 'STARTING'],
    isOnBill: true,
  },
  // RunPod tells no state of them.
  cluster: { billed: [], idle: [], starting: [], isOnBill: true },
} as const satisfies StatesByKind;

/** Hours of serverless charges rest on workers that earlier pulls have seen. */
export const WORKERS = {
  kind: 'worker',
  listing: 'runpod.inventory.workers',
} as const satisfies Recalled;

/** Kind of the fetches that tell the jobs of a serverless endpoint. */
export const HEALTH = 'runpod.health';

/** What tells whose requests an endpoint's jobs are: its id. */
export const ENDPOINT_KEYS = ['endpoint'] as const;

/** Jobs are counted from one look to the next. */
export const LAST_HEALTH = {
  kind: HEALTH,
  forMs: HOUR_MS,
  mostMs: 31 * DAY_MS,
} as const satisfies Reread;
