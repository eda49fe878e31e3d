/** Differences between servers with the HTTP API of Prometheus. */

/** Names of the config key `backend`. */
export const BACKENDS = [
  'prometheus',
  'victoriametrics',
  'thanos',
  'mimir',
  'grafana-cloud',
  'google',
  'amazon',
  'azure',
] as const;

export type BackendName = (typeof BACKENDS)[number];

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
export interface BackendOptions {
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
