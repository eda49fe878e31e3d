/** Knows how the HTTP API is asked: addresses, times and credentials. */

import type { Period } from '../../domain/period.ts';
import { urlAt } from '../../platform/baseUrl.ts';
import type { HttpRequest } from '../../platform/http.ts';
import type { Secret } from '../../platform/secret.ts';
import type { PrometheusOptions } from './options.ts';

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

/**
 * A GET of `/api/v1/…` behind the configured address; what that has in its query (a gateway's
 * parameters) is sent along.
 * @throws {Failure} `config` when a secret is missing.
 */
export function questionOf(
  options: PrometheusOptions,
  segments: readonly string[],
  query: Readonly<Record<string, string>>,
): HttpRequest {
  const address = addressOf(options);
  const kept = Object.fromEntries(new URL(address).searchParams);
  const { headers, secrets } = credentialsOf(options);
  return {
    url: urlAt(address, ['api', 'v1', ...segments], { ...kept, ...query }),
    headers,
    secrets,
    timeoutMs: options.timeoutSeconds * 1000,
    maxBytes: MAX_BYTES,
  };
}

function credentialsOf({ headers = {}, bearerToken, basicAuth }: PrometheusOptions) {
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
