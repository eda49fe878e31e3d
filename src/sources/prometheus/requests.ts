/** Builds what a server is sent: URLs, times, credentials, and PromQL with quoted values. */

import { Failure } from '../../domain/failure.ts';
import type { Period } from '../../domain/period.ts';
import { awsHeaders, awsSecrets } from '../../platform/awsSigning.ts';
import { type Query, urlAt } from '../../platform/baseUrl.ts';
import type { HttpRequest } from '../../platform/http.ts';
import type { Secret } from '../../platform/secret.ts';
import { PROCESS_START } from '../engines/engine.ts';
import type { UsageTarget } from '../source.ts';
import { type Backend, findBackend, type PrometheusOptions, TENANT_HEADER } from './options.ts';

/** Larger answers are refused, and the period is halved. */
const MAX_BYTES = 128 * 1024 * 1024;

/** The configured URL without its query, which may contain secrets. */
export function toBaseUrl(options: PrometheusOptions): string {
  const { origin, pathname } = new URL(addressOf(options));
  return `${origin}${pathname.replace(/\/+$/, '')}`;
}

function addressOf(options: PrometheusOptions): string {
  return options.url ?? options.baseUrl ?? '';
}

/** The query and its time. A signature is valid for some minutes. */
interface RequestParameters {
  readonly segments: readonly string[];
  readonly query: Query;
  readonly nowMs: number;
}

/**
 * A GET of `/api/v1/…` below the configured URL. The URL's own query, such as a gateway's
 * parameters, is sent along. Credentials are read again for each request, since a file may have a
 * newer token.
 * @throws {Failure} `config` if a secret is missing.
 */
export async function createRequest(
  options: PrometheusOptions,
  { segments, query, nowMs }: RequestParameters,
): Promise<HttpRequest> {
  const address = addressOf(options);
  const ownQuery = Object.fromEntries(new URL(address).searchParams);
  const url = urlAt(address, ['api', 'v1', ...segments], { ...ownQuery, ...query });
  // In a signed query, a plus is a literal plus.
  url.search = url.search.replaceAll('+', '%20');
  const { headers, secrets } = credentialsOf(options);
  const signed = await sign(options, { url, headers, nowMs });
  return {
    url,
    headers: signed?.headers ?? headers,
    secrets: [...secrets, ...(signed?.secrets ?? [])],
    timeoutMs: options.timeoutSeconds * 1000,
    maxBytes: MAX_BYTES,
  };
}

/** The text of a secret, or of a plain option. */
function revealText(value: string | Secret | undefined): string {
  return typeof value === 'object' ? value.reveal() : (value ?? '');
}

async function sign(
  options: PrometheusOptions,
  { url, headers, nowMs }: { url: URL; headers: Record<string, string>; nowMs: number },
) {
  const { name, region = '' } = findBackend(options);
  if (name !== 'amazon') return undefined;
  const session = options.sessionToken?.reveal();
  const keys = {
    accessKeyId: revealText(options.accessKeyId),
    secretAccessKey: revealText(options.secretAccessKey),
    ...(session === undefined ? {} : { sessionToken: session }),
  };
  const scope = { service: 'aps', region, nowMs };
  return { headers: await awsHeaders({ url, headers }, keys, scope), secrets: awsSecrets(keys) };
}

function credentialsOf({ headers = {}, tenant, bearerToken, basicAuth }: PrometheusOptions) {
  const secrets: string[] = [];
  const reveal = (secret: Secret) => {
    const value = secret.reveal();
    secrets.push(value);
    return value;
  };
  const sentHeaders: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    sentHeaders[name] = typeof value === 'string' ? value : reveal(value);
  }
  if (tenant !== undefined) sentHeaders[TENANT_HEADER] = [tenant].flat().join('|');
  if (bearerToken !== undefined) sentHeaders['authorization'] = `Bearer ${reveal(bearerToken)}`;
  if (basicAuth !== undefined) {
    const pair = `${basicAuth.username}:${reveal(basicAuth.password)}`;
    sentHeaders['authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`;
  }
  return { headers: sentHeaders, secrets };
}

/** Unix seconds in the API's format: `1795136400`. */
export function toUnixSeconds(instantMs: number): string {
  return String(instantMs / 1000);
}

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * Selectors of a target's series of these names, such as
 * `{__name__=~"vllm:prompt_tokens_total|…",model_name="qwen3-32b"}`. A server without name patterns
 * gets one per name.
 * @throws {Failure} `config` for an invalid label name.
 */
export function createSelectors(
  target: Matched,
  names: readonly string[],
  { exactNames }: Pick<Backend, 'exactNames'>,
): string[] {
  return (exactNames ? names.map((name) => [name]) : [names]).map((group) => {
    const [only = ''] = group;
    const nameMatcher = group.length === 1 ? `=${quoted(only)}` : `=~${quoted(group.join('|'))}`;
    return selectorOf(`__name__${nameMatcher}`, target);
  });
}

type Matched = Pick<UsageTarget, 'deployment' | 'match'>;

function selectorOf(names: string, { match, deployment }: Matched): string {
  const matchers = Object.entries(match).map(([name, value]) => {
    requireLabelName(name, deployment);
    return toLabelMatcher(name, value);
  });
  return `{${[names, ...matchers].join(',')}}`;
}

/** The start times of the processes at these scrape targets. */
export function createStartSelector(labels: ReadonlyMap<string, ReadonlySet<string>>): string {
  const matchers = [...labels].map(
    ([name, values]) => `${name}=~${quoted([...values].sort().map(regexText).join('|'))}`,
  );
  return `${PROCESS_START}{${matchers.join(',')}}`;
}

/** A search for the series or labels of a period, with the matchers of its series. */
export function toSearch(
  matchers: string | readonly string[],
  { startMs, endMs }: Period,
  { parameters }: Pick<Backend, 'parameters'>,
): Query {
  const period = { start: toUnixSeconds(startMs), end: toUnixSeconds(endMs) };
  return { 'match[]': matchers, ...period, ...parameters };
}

/**
 * One matcher: an exact value, or a glob as a regular expression, which PromQL always anchors.
 * `('model_name', 'llama-3.*-70b')` becomes `model_name=~"llama-3\\..*-70b"`. `*` alone requires
 * the label.
 */
export function toLabelMatcher(name: string, value: string): string {
  if (!value.includes('*')) return `${name}=${quoted(value)}`;
  const pattern = /^\*+$/.test(value) ? '.+' : value.split('*').map(regexText).join('.*');
  return `${name}=~${quoted(pattern)}`;
}

function requireLabelName(name: string, deployment: string): void {
  if (LABEL_NAME.test(name)) return;
  throw new Failure('config', `invalid Prometheus label name ${JSON.stringify(name)}`, {
    where: `deployments.${deployment}.usage.match`,
    expected: 'letters, digits and _, like model_name',
  });
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

function regexText(text: string): string {
  return text.replaceAll(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}
