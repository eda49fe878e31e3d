/** Schema of the section `http`: retries, timeouts and rate limits of requests to providers. */

import { z } from 'zod';
import { wholeNumberSchema } from './numbers.ts';

const concurrency = wholeNumberSchema(1, 100);
const requestRate = wholeNumberSchema(1, 100_000);

/** `api.runpod.io`, or `prometheus:9090`. */
const host = z.string().regex(/^[A-Za-z0-9.-]+(?::\d{1,5})?$|^\[[0-9A-Fa-f:]+\](?::\d{1,5})?$/);

export const httpSchema = z.strictObject({
  retries: wholeNumberSchema(0, 10).default(4),
  timeoutSeconds: wholeNumberSchema(1, 3600).default(30),
  pullStallMinutes: wholeNumberSchema(1, 1440).default(10),
  pullMinutes: wholeNumberSchema(1, 10_080).default(240),
  concurrent: concurrency.default(4),
  perMinute: requestRate.default(300),
  hosts: z
    .record(
      host,
      z.strictObject({
        concurrent: concurrency.exactOptional(),
        perMinute: requestRate.exactOptional(),
      }),
    )
    .default({}),
});
