/** How the HTTP API is asked: addresses, times, credentials and signatures. */

import type { Period } from '../../domain/period.ts';
import { awsHeaders, secretsOf } from '../../platform/awsSigning.ts';
import { type Query, urlAt } from '../../platform/baseUrl.ts';
import type { HttpRequest } from '../../platform/http.ts';
import type { Secret } from '../../platform/secret.ts';
import { backendAt } from './backend.ts';
import { type PrometheusOptions, TENANT_HEADER } from './options.ts';

/** Bigger answers are refused, and the question is halved. */
const MAX_BYTES = 128 * 1024 * 1024;

/** The configured address without its query, which may hold what should not be shown. */
export function baseOf(options: PrometheusOptions): string {
  const { origin, pathname } = new URL(addressOf(options));
  return `${origin}${pathname.replace(/\/+$/, '')}`;
}

function addressOf(options: PrometheusOptions): string {
  return options.url ?? options.baseUrl ?? '';
}

/** What is asked, and when: a signature holds for some minutes. */
export interface Asked {
  readonly segments: readonly string[];
  readonly query: Query;
  readonly nowMs: number;
}

/**
 * A GET of `/api/v1/…` behind the configured address; what that has in its query (a gateway's
 * parameters) is sent along. Credentials are read anew for each: a file may hold a newer token.
 * @throws {Failure} `config` when a secret is missing.
 */
export async function questionOf(
  options: PrometheusOptions,
  { segments, query, nowMs }: Asked,
): Promise<HttpRequest> {
  const address = addressOf(options);
  const kept = Object.fromEntries(new URL(address).searchParams);
  const url = urlAt(address, ['api', 'v1', ...segments], { ...kept, ...query });
  // A signature reads a plus as a plus.
  url.search = url.search.replaceAll('+', '%20');
  const { headers, secrets } = credentialsOf(options);
  const signed = await signedBy(options, { url, headers, nowMs });
  return {
    url,
    headers: signed?.headers ?? headers,
    secrets: [...secrets, ...(signed?.secrets ?? [])],
    timeoutMs: options.timeoutSeconds * 1000,
    maxBytes: MAX_BYTES,
  };
}

/** Text of a secret, or of an option that may be written out. */
function opened(value: string | Secret | undefined): string {
  return typeof value === 'object' ? value.reveal() : (value ?? '');
}

async function signedBy(
  options: PrometheusOptions,
  { url, headers, nowMs }: { url: URL; headers: Record<string, string>; nowMs: number },
) {
  const { name, region = '' } = backendAt(options);
  if (name !== 'amazon') return undefined;
  const session = options.sessionToken?.reveal();
  const keys = {
    accessKeyId: opened(options.accessKeyId),
    secretAccessKey: opened(options.secretAccessKey),
    ...(session === undefined ? {} : { sessionToken: session }),
  };
  const scope = { service: 'aps', region, nowMs };
  return { headers: await awsHeaders({ url, headers }, keys, scope), secrets: secretsOf(keys) };
}

function credentialsOf({ headers = {}, tenant, bearerToken, basicAuth }: PrometheusOptions) {
  const secrets: string[] = [];
  const open = (secret: Secret) => {
    const value = secret.reveal();
    secrets.push(value);
    return value;
  };
  const sent: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    sent[name] = typeof value === 'string' ? value : open(value);
  }
  if (tenant !== undefined) sent[TENANT_HEADER] = [tenant].flat().join('|');
  if (bearerToken !== undefined) sent['authorization'] = `Bearer ${open(bearerToken)}`;
  if (basicAuth !== undefined) {
    const pair = `${basicAuth.username}:${open(basicAuth.password)}`;
    sent['authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`;
  }
  return { headers: sent, secrets };
}

/**
 * The window and the horizon at both its ends as a range selector needs them: an end and a length.
 * The end lies past the window, for what a gap across it added is only told by the sample after it.
 */
export function rangeOf(window: Period, horizonMs: number): Range {
  const span = { startMs: window.startMs - horizonMs, endMs: window.endMs + horizonMs };
  return { span, time: secondsText(span.endMs), seconds: (span.endMs - span.startMs) / 1000 };
}

export interface Range {
  /** What is asked for: samples of another time are no answer to it. */
  readonly span: Period;
  readonly time: string;
  readonly seconds: number;
}

/** Unix seconds as the API takes them: `1795136400`. */
export function secondsText(instantMs: number): string {
  return String(instantMs / 1000);
}
