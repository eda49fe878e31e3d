/** Config options of a Prometheus-compatible server, and the declaration of the kind. */

import { z } from 'zod';
import { baseUrlSchema } from '../../platform/baseUrl.ts';
import { secretSchema } from '../../platform/secret.ts';
import type { KindDeclaration } from '../source.ts';

/** Names of the config key `backend`. */
const BACKENDS = [
  'prometheus',
  'victoriametrics',
  'thanos',
  'mimir',
  'grafana-cloud',
  'google',
  'amazon',
  'azure',
] as const;

type BackendName = (typeof BACKENDS)[number];

export interface Backend {
  readonly name: BackendName;
  /** Whether a query needs one exact metric name instead of a pattern. */
  readonly exactNames: boolean;
  /** Parameters that are sent with each query. */
  readonly parameters: Readonly<Record<string, string>>;
  /** For Amazon, whose requests are signed. */
  readonly region?: string;
}

/**
 * Parameters for complete answers, each process once, and raw samples. By default, Thanos and
 * VictoriaMetrics clusters may return partial answers. Self-hosted servers ignore parameters that
 * they do not support; Google refuses them.
 */
const COMPLETE_AND_RAW = {
  partial_response: 'false',
  deny_partial_response: '1',
  dedup: 'true',
  max_source_resolution: '0s',
} as const;

const SELF_HOSTED: ReadonlySet<BackendName> = new Set([
  'prometheus',
  'victoriametrics',
  'thanos',
  'mimir',
]);

/** Hostnames by which a server is recognized. */
const BACKEND_HOSTS: readonly (readonly [RegExp, BackendName])[] = [
  [/(?:^|\.)monitoring\.googleapis\.com$/, 'google'],
  [/^aps-workspaces(?:-fips)?\.[a-z0-9-]+\.(?:amazonaws\.com(?:\.cn)?|api\.aws)$/, 'amazon'],
  [/\.prometheus\.monitor\.azure\.(?:com|cn|us)$/, 'azure'],
  [/\.grafana\.net$/, 'grafana-cloud'],
];

/** What the config says about a server. */
interface BackendOptions {
  readonly backend?: BackendName | undefined;
  readonly url?: string | undefined;
  readonly baseUrl?: string | undefined;
  readonly region?: string | undefined;
}

/** The type of server in the options: from the config, else from its address, else Prometheus. */
export function findBackend({ backend, url, baseUrl, region }: BackendOptions): Backend {
  const host = hostOf(url ?? baseUrl ?? '');
  const name =
    backend ?? BACKEND_HOSTS.find(([pattern]) => pattern.test(host))?.[1] ?? 'prometheus';
  const signingRegion = name === 'amazon' ? (region ?? parseRegion(host)) : undefined;
  return {
    name,
    exactNames: name === 'google',
    parameters: SELF_HOSTED.has(name) ? COMPLETE_AND_RAW : {},
    ...(signingRegion === undefined ? {} : { region: signingRegion }),
  };
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).hostname.toLowerCase() : '';
}

/** The region in a hostname: `eu-central-1` for `aps-workspaces.eu-central-1.amazonaws.com`. */
function parseRegion(host: string): string | undefined {
  return /^aps-workspaces(?:-fips)?\.([a-z0-9-]+)\./.exec(host)?.[1];
}

const HOUR_SECONDS = 3_600;

const address = baseUrlSchema.refine((text) => new URL(text).username === '', {
  error: 'an address may not include credentials; use basicAuth or bearerToken',
});

const headerName = z
  .string()
  .regex(/^[A-Za-z0-9-]+$/, { error: 'expected a header name like X-Scope-OrgID' });

/** The id of a tenant in Mimir. Several ids are separated by `|`. */
const tenantId = z
  .string()
  .regex(/^[A-Za-z0-9!\-_.*'()]{1,150}$/, { error: 'expected the id of a tenant' });

export const prometheusOptions = z
  .strictObject({
    url: address
      .optional()
      .meta({ description: 'Base address, with its path prefix if it has one.' }),
    baseUrl: address.optional().meta({ description: 'The same as url.' }),
    backend: z
      .enum(BACKENDS)
      .optional()
      .meta({ description: 'The type of server; detected from the address where possible.' }),
    bearerToken: secretSchema.optional(),
    basicAuth: z.strictObject({ username: z.string().min(1), password: secretSchema }).optional(),
    headers: z
      .record(headerName, z.union([z.string(), secretSchema]))
      .optional()
      .meta({ description: 'Sent with every request, e.g. X-Scope-OrgID.' }),
    tenant: z
      .union([tenantId, z.array(tenantId).min(1)])
      .optional()
      .meta({
        description: 'Sent as X-Scope-OrgID; several tenants are queried together (federation).',
      }),
    region: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'Region of Amazon Managed Prometheus.' }),
    accessKeyId: z.union([z.string().min(1), secretSchema]).optional(),
    secretAccessKey: secretSchema.optional(),
    sessionToken: secretSchema.optional(),
    timeoutSeconds: z.number().positive().max(900).default(60),
    interval: z
      .int()
      .min(1)
      .max(HOUR_SECONDS)
      .refine((seconds) => HOUR_SECONDS % seconds === 0, {
        error: 'expected a number of seconds that divides an hour, like 300',
      })
      .default(300)
      .meta({ description: 'Seconds of one usage row; must divide 3600.' }),
    chunkHours: z
      .int()
      .min(1)
      .max(168)
      .default(24)
      .meta({ description: 'Hours per query; halved when the server refuses.' }),
    lookbackMinutes: z.int().min(1).max(1_440).default(60).meta({
      description: 'How far each query reaches past its two ends for neighboring samples.',
    }),
  })
  .refine((options) => (options.url === undefined) !== (options.baseUrl === undefined), {
    error: 'set the address of the server as url (or as baseUrl, not both)',
  })
  .refine((options) => options.bearerToken === undefined || options.basicAuth === undefined, {
    error: 'set either bearerToken or basicAuth, not both',
  })
  .check(({ value, issues }) => {
    const addIssue = (path: string, message: string) =>
      void issues.push({ code: 'custom', input: value, path: [path], message });
    const keys = [value.accessKeyId, value.secretAccessKey];
    const hasKeys = [...keys, value.sessionToken].some((key) => key !== undefined);
    const { name, region } = findBackend(value);
    if (name === 'amazon' || hasKeys) {
      const [id, secret] = keys;
      if (id === undefined) addIssue('accessKeyId', 'missing; Amazon requires signed requests');
      if (secret === undefined) addIssue('secretAccessKey', 'missing; it signs the requests');
      if (region === undefined) addIssue('region', 'missing the region of the workspace');
      if (name !== 'amazon') addIssue('backend', 'found Amazon keys, expected amazon');
    }
    if (value.tenant !== undefined && hasHeader(value.headers, TENANT_HEADER)) {
      addIssue('tenant', `set either tenant or the header ${TENANT_HEADER}, not both`);
    }
  });

export const TENANT_HEADER = 'X-Scope-OrgID';

function hasHeader(headers: object | undefined, name: string): boolean {
  return Object.keys(headers ?? {}).some((one) => one.toLowerCase() === name.toLowerCase());
}

export type PrometheusOptions = z.output<typeof prometheusOptions>;

/** Prometheus and compatible servers: exact counters of inference engines. */
export const prometheusDeclaration: KindDeclaration<PrometheusOptions> = {
  kind: 'prometheus',
  provides: ['usage'],
  options: prometheusOptions,
  resumes: true,
  seesEngines: true,
  forgets: true,
};
