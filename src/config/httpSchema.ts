/** The section `http`: how providers are asked, and how much each of them bears. */

import { z } from 'zod';
import { whole } from './numbers.ts';

const places = whole(1, 100);
const pace = whole(1, 100_000);

/** `api.runpod.io`, or `prometheus:9090`. */
const host = z.string().regex(/^[A-Za-z0-9.-]+(?::\d{1,5})?$|^\[[0-9A-Fa-f:]+\](?::\d{1,5})?$/);

export const httpSchema = z.strictObject({
  retries: whole(0, 10).default(4),
  timeoutSeconds: whole(1, 3600).default(30),
  pullStallMinutes: whole(1, 1440).default(10),
  pullMinutes: whole(1, 10_080).default(240),
  concurrent: places.default(4),
  perMinute: pace.default(300),
  hosts: z
    .record(
      host,
      z.strictObject({ concurrent: places.exactOptional(), perMinute: pace.exactOptional() }),
    )
    .default({}),
});
