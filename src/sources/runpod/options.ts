/** Options of a RunPod source in rentcheck.yaml, and the declaration of its kind. */

import { z } from 'zod';
import type { StatesByKind } from '../../domain/uptime.ts';
import { baseUrlSchema } from '../../platform/baseUrl.ts';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';
import { DAY_MS, HOUR_MS } from '../../domain/period.ts';
import type { KindDeclaration, RecallRule, RereadRule } from '../source.ts';

export const runpodOptions = z.strictObject({
  apiKey: secretSchema,
  ...apiOptions('https://api.runpod.io'),
  healthUrl: baseUrlSchema.default('https://api.runpod.ai'),
  /** Length of the bill's buckets. A day is enough if only sums matter. */
  bucket: z.enum(['hour', 'day']).default('hour'),
  spot: z.array(z.string().min(1)).default([]).meta({
    description:
      'Names of the spot pods, with * as a wildcard; the RunPod API does not report them.',
  }),
});

export type RunpodOptions = z.output<typeof runpodOptions>;

/**
 * States by RunPod's description of pods. It does not state what a pod in `ERROR` costs. Worker
 * states are separate; it does not state what an `IDLE` worker costs either.
 */
export const RUNPOD_STATES = {
  pod: {
    billed: ['RUNNING'],
    idle: ['EXITED', 'TERMINATED'],
    starting: ['PROVISIONING', 'STARTING'],
    isOnBill: true,
  },
  // RunPod reports no state of clusters.
  cluster: { billed: [], idle: [], starting: [], isOnBill: true },
} as const satisfies StatesByKind;

/** Hours of serverless charges come from workers that earlier pulls observed. */
export const WORKER_RECALL = {
  kind: 'worker',
  listing: 'runpod.inventory.workers',
} as const satisfies RecallRule;

/** Kind of the fetches with the job counters of a serverless endpoint. */
export const HEALTH_KIND = 'runpod.health';

/** Match key that assigns an endpoint's jobs to a deployment: the endpoint id. */
export const ENDPOINT_KEYS = ['endpoint'] as const;

/** Jobs are counted between two samples. */
const HEALTH_REREAD = {
  kind: HEALTH_KIND,
  forMs: HOUR_MS,
  mostMs: 31 * DAY_MS,
} as const satisfies RereadRule;

/** Charges, inventory and GPU prices of a RunPod account, from its REST API v2. */
export const runpodDeclaration: KindDeclaration<RunpodOptions> = {
  kind: 'runpod',
  provides: ['charges', 'inventory', 'usage', 'rates'],
  options: runpodOptions,
  // Serverless endpoints count requests.
  matchKeys: () => ENDPOINT_KEYS,
  // Hours of serverless endpoints come from observed workers.
  samples: ['inventory'],
  recalls: WORKER_RECALL,
  rereads: HEALTH_REREAD,
  // An hour is billed within a day; a week allows for corrections.
  trailingDays: 7,
  states: RUNPOD_STATES,
};
