/** Prepares a request: headers, limits, and redaction of its secrets. */

import { Failure } from '../domain/failure.ts';
import type { HttpRequest } from './http.ts';
import type { PreparedRequest } from './httpAttempt.ts';
import { createRedactor } from './redact.ts';
import { version } from './version.ts';

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;

export interface RequestDefaults {
  /** For headers and body together. Default: 30 s. */
  readonly timeoutMs?: number;
  /** For the decompressed body. Default: 16 MiB. */
  readonly maxBytes?: number;
  readonly userAgent?: string;
}

/** The prepared request, or a failure if its headers cannot be sent. */
export function prepareRequest(
  request: HttpRequest,
  defaults: RequestDefaults,
): PreparedRequest | Failure {
  const { url, credentials } = withoutUserInfo(request.url);
  const given = { ...credentials, ...request.headers };
  const redactor = createRedactor([...(request.secrets ?? []), ...secretsIn(given)]);
  const shownUrl = redactor.text(url.href);
  const userAgent = defaults.userAgent ?? `rentcheck/${version}`;
  const { json } = request;
  const type = json === undefined ? {} : { 'content-type': 'application/json' };
  const own = { accept: 'application/json', 'user-agent': userAgent, ...type };
  const headers = headersOf({ ...own, ...given });
  if (headers === undefined) return unsendableHeaders(shownUrl);
  return {
    url,
    shownUrl,
    tracedUrl: json === undefined ? shownUrl : `${shownUrl}#${shortened(redactor.text(json))}`,
    headers,
    ...(json === undefined ? {} : { body: new TextEncoder().encode(json) }),
    redactor,
    timeoutMs: request.timeoutMs ?? defaults.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    maxBytes: request.maxBytes ?? defaults.maxBytes ?? DEFAULT_MAX_BYTES,
    ...(request.into === undefined ? {} : { into: request.into }),
    ...(request.retries === undefined ? {} : { retries: request.retries }),
    ...(request.ca === undefined ? {} : { ca: request.ca }),
    ...(request.minIntervalMs === undefined ? {} : { minIntervalMs: request.minIntervalMs }),
  };
}

/** The part of a JSON body that is kept in the URL of its response. */
const TRACED_LENGTH = 500;

function shortened(json: string): string {
  return json.length > TRACED_LENGTH ? `${json.slice(0, TRACED_LENGTH)}…` : json;
}

/** Turns `https://user:pass@host` into a header, because fetch rejects such URLs. */
function withoutUserInfo(given: URL): { url: URL; credentials: Record<string, string> } {
  if (given.username === '' && given.password === '') return { url: given, credentials: {} };
  const url = new URL(given);
  const pair = [given.username, given.password].map(unescaped).join(':');
  url.username = '';
  url.password = '';
  return { url, credentials: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } };
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A lone percent sign stands for itself.
    return text;
  }
}

const SECRET_HEADERS = new Set(['authorization', 'proxy-authorization', 'x-api-key', 'cookie']);

function secretsIn(headers: Readonly<Record<string, string>>): string[] {
  const secrets: string[] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (!SECRET_HEADERS.has(name.toLowerCase())) continue;
    const token = value.replace(/^(?:bearer|basic|token)\s+/i, '');
    secrets.push(token);
    if (/^basic\s/i.test(value)) secrets.push(passwordOf(token));
  }
  return secrets;
}

function passwordOf(basicToken: string): string {
  const pair = Buffer.from(basicToken, 'base64').toString();
  return pair.slice(pair.indexOf(':') + 1);
}

function headersOf(given: Readonly<Record<string, string>>): Headers | undefined {
  try {
    return new Headers(given);
  } catch {
    // The error would quote the value, which may be the key. It is dropped on purpose.
    return undefined;
  }
}

function unsendableHeaders(shownUrl: string): Failure {
  return new Failure(
    'config',
    `${shownUrl} was not called: a header contains characters that HTTP does not allow`,
    {
      where: shownUrl,
      expected: 'a key without line breaks or non-ASCII characters',
      hint: 'check the secret of this source for a stray line break or a pasted quote',
    },
  );
}
