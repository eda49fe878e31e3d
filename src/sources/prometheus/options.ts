/** Knows what may be configured of a Prometheus-compatible server. */

import { z } from 'zod';
import { baseUrlSchema } from '../../platform/baseUrl.ts';
import { secretSchema } from '../../platform/secret.ts';

const HOUR_SECONDS = 3_600;

const address = baseUrlSchema.refine((text) => new URL(text).username === '', {
  error: 'credentials do not belong in the address; use basicAuth or bearerToken',
});

const headerName = z
  .string()
  .regex(/^[A-Za-z0-9-]+$/, { error: 'a header name was expected, like X-Scope-OrgID' });

export const prometheusOptions = z
  .strictObject({
    url: address.optional().meta({ description: 'Base address, with the path prefix if any.' }),
    baseUrl: address.optional().meta({ description: 'The same as url.' }),
    bearerToken: secretSchema.optional(),
    basicAuth: z.strictObject({ username: z.string().min(1), password: secretSchema }).optional(),
    headers: z
      .record(headerName, z.union([z.string(), secretSchema]))
      .optional()
      .meta({ description: 'Sent with every request, e.g. X-Scope-OrgID.' }),
    timeoutSeconds: z.number().positive().max(900).default(60),
    interval: z
      .int()
      .min(1)
      .max(HOUR_SECONDS)
      .refine((seconds) => HOUR_SECONDS % seconds === 0, {
        error: 'a number of seconds that divides an hour was expected, like 300',
      })
      .default(300)
      .meta({ description: 'Seconds of one usage row; must divide 3600.' }),
    chunkHours: z
      .int()
      .min(1)
      .max(168)
      .default(24)
      .meta({ description: 'Hours asked for at once; halved when the server refuses.' }),
    lookbackMinutes: z
      .int()
      .min(1)
      .max(1_440)
      .default(60)
      .meta({ description: 'How far a chunk looks past its two ends for neighboring samples.' }),
  })
  .refine((options) => (options.url === undefined) !== (options.baseUrl === undefined), {
    error: 'the address of the server was expected, as url (or as baseUrl, not both)',
  })
  .refine((options) => options.bearerToken === undefined || options.basicAuth === undefined, {
    error: 'either bearerToken or basicAuth was expected, not both',
  });

export type PrometheusOptions = z.output<typeof prometheusOptions>;
