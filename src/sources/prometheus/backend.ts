/** What sets the servers apart that speak the HTTP API of Prometheus. */

/** By the names that `backend` has in config. */
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
  /** It takes one metric's whole name in a query, and no pattern of names. */
  readonly exactNames: boolean;
  /** What goes along with each query. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Of Amazon, whose requests are signed. */
  readonly region?: string;
}

/**
 * Whole answers or none, each process once, raw samples: Thanos and VictoriaMetrics' cluster answer
 * with less unless told so. Servers of one's own ignore what they do not know; Google refuses it.
 */
const WHOLE_AND_RAW = {
  partial_response: 'false',
  deny_partial_response: '1',
  dedup: 'true',
  max_source_resolution: '0s',
} as const;

const OWN: ReadonlySet<BackendName> = new Set(['prometheus', 'victoriametrics', 'thanos', 'mimir']);

/** Hosts that tell who answers there. */
const HOSTS: readonly (readonly [RegExp, BackendName])[] = [
  [/(?:^|\.)monitoring\.googleapis\.com$/, 'google'],
  [/^aps-workspaces(?:-fips)?\.[a-z0-9-]+\.(?:amazonaws\.com(?:\.cn)?|api\.aws)$/, 'amazon'],
  [/\.prometheus\.monitor\.azure\.(?:com|cn|us)$/, 'azure'],
  [/\.grafana\.net$/, 'grafana-cloud'],
];

/** What config says of a server. */
export interface Told {
  readonly backend?: BackendName | undefined;
  readonly url?: string | undefined;
  readonly baseUrl?: string | undefined;
  readonly region?: string | undefined;
}

/** The server of these options: as config names it, else as its address tells, else Prometheus. */
export function backendAt({ backend, url, baseUrl, region }: Told): Backend {
  const host = hostOf(url ?? baseUrl ?? '');
  const name = backend ?? HOSTS.find(([pattern]) => pattern.test(host))?.[1] ?? 'prometheus';
  const signedIn = name === 'amazon' ? (region ?? regionIn(host)) : undefined;
  return {
    name,
    exactNames: name === 'google',
    parameters: OWN.has(name) ? WHOLE_AND_RAW : {},
    ...(signedIn === undefined ? {} : { region: signedIn }),
  };
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).hostname.toLowerCase() : '';
}

/** `aps-workspaces.eu-central-1.amazonaws.com` is in `eu-central-1`. */
function regionIn(host: string): string | undefined {
  return /^aps-workspaces(?:-fips)?\.([a-z0-9-]+)\./.exec(host)?.[1];
}
