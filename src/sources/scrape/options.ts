/** Config options of replicas that are scraped directly, and the declaration of the kind. */

import { isAbsolute } from 'node:path';
import { isIP } from 'node:net';
import { z } from 'zod';
import { DAY_MS, HOUR_MS } from '../../domain/period.ts';
import { baseUrlSchema } from '../../platform/baseUrl.ts';
import { secretSchema } from '../../platform/secret.ts';
import type { KindDeclaration } from '../source.ts';

const HOUR_SECONDS = 3_600;

const plainAddress = baseUrlSchema.refine(
  (text) => new URL(text).username === '' && new URL(text).hash === '',
  { error: 'an address may not include credentials; use basicAuth or bearerToken' },
);
const port = z.int().min(1).max(65_535);
const absolutePath = z.string().refine(isAbsolute, { error: 'expected an absolute path' });

const dns = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9_.-]{1,253}$/, { error: 'expected a DNS name' }),
  type: z.enum(['A', 'AAAA', 'SRV']).default('A'),
  port: port
    .optional()
    .meta({ description: 'The port for A and AAAA records; SRV records have their own.' }),
  server: z
    .string()
    .refine((text) => isIP(text.replace(/:\d+$/, '')) > 0 || isIP(text) > 0, {
      error: 'expected the IP address of a name server, with :PORT if it is not 53',
    })
    .optional(),
});

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

const kubernetes = z.strictObject({
  apiServer: plainAddress.default('https://kubernetes.default.svc'),
  tokenFile: absolutePath.default(`${ACCOUNT}/token`),
  caFile: absolutePath.default(`${ACCOUNT}/ca.crt`),
  namespace: z.string().regex(/^[a-z0-9-]{1,63}$/, { error: 'expected a namespace' }),
  selector: z.string().min(1).meta({ description: 'Labels of the pods: app=vllm,tier=prod.' }),
  port: z
    .union([port, z.string().regex(/^[a-z0-9-]{1,15}$/)])
    .meta({ description: 'The number of the port, or its name in the pod.' }),
});

const runpod = z.strictObject({
  apiKey: secretSchema,
  baseUrl: plainAddress.default('https://api.runpod.io'),
  pods: z.string().min(1).meta({ description: 'Names of the pods, with * as a wildcard.' }),
  port,
  proxy: z
    .string()
    .refine((text) => text.includes('{pod}') && text.includes('{port}'), {
      error: 'expected an address with {pod} and {port}',
    })
    .default('https://{pod}-{port}.proxy.runpod.net'),
});

/** The discovery methods. A source uses exactly one. */
export const DISCOVERY_METHODS = ['targets', 'dns', 'kubernetes', 'runpod'] as const;

export const scrapeOptions = z
  .strictObject({
    targets: z
      .array(plainAddress)
      .min(1)
      .optional()
      .meta({ description: 'Addresses of replicas; without a path, /metrics is used.' }),
    dns: dns.optional(),
    kubernetes: kubernetes.optional(),
    runpod: runpod.optional(),
    scheme: z.enum(['http', 'https']).default('http'),
    path: z
      .string()
      .regex(/^\/[^?#\s]*$/, { error: 'expected a path like /metrics' })
      .default('/metrics'),
    bearerToken: secretSchema.optional(),
    basicAuth: z.strictObject({ username: z.string().min(1), password: secretSchema }).optional(),
    timeoutSeconds: z.number().positive().max(60).default(10),
    interval: z
      .int()
      .min(60)
      .max(HOUR_SECONDS)
      .refine((seconds) => HOUR_SECONDS % seconds === 0, {
        error: 'expected a number of seconds that divides an hour, like 300',
      })
      .default(300)
      .meta({ description: 'Seconds of one usage row; must divide 3600.' }),
  })
  .refine((options) => DISCOVERY_METHODS.filter((way) => options[way] !== undefined).length === 1, {
    error: `set one way to find replicas: ${DISCOVERY_METHODS.join(', ')}`,
  })
  .refine(
    ({ dns: options }) => options === undefined || (options.type === 'SRV') !== 'port' in options,
    {
      error: 'set a port for A and AAAA records, and none for SRV',
      path: ['dns', 'port'],
    },
  )
  .refine((options) => options.bearerToken === undefined || options.basicAuth === undefined, {
    error: 'set either bearerToken or basicAuth, not both',
  });

export type ScrapeOptions = z.output<typeof scrapeOptions>;

/** The kind of the fetches with a replica's samples. */
export const SAMPLES_KIND = 'scrape.metrics';

/**
 * The earlier answers that a scrape is read with. After a gap of more than a week, dividing usage
 * by time is not credible.
 */
export const REREAD_RULE = { kind: SAMPLES_KIND, forMs: 4 * HOUR_MS, mostMs: 7 * DAY_MS } as const;

/** Metrics that rentcheck scrapes from replicas itself, at scheduled times. */
export const scrapeDeclaration: KindDeclaration<ScrapeOptions> = {
  kind: 'scrape',
  provides: ['usage'],
  samples: ['usage'],
  options: scrapeOptions,
  rereads: REREAD_RULE,
  seesEngines: true,
};
