/** What an HTTP status or a broken connection means, as a failure with a hint. */

import { STATUS_CODES } from 'node:http';
import { Failure, type FailureCode } from '../domain/failure.ts';
import { looksLikeHtml, shortText } from './json.ts';
import type { Random } from './random.ts';

const FAILURE_CODES: Readonly<Record<number, FailureCode>> = {
  401: 'auth',
  403: 'forbidden',
  404: 'not-found',
  408: 'timeout',
  410: 'not-found',
  429: 'rate-limited',
};

/** Statuses after which a retry may succeed. 520 to 524 are Cloudflare's. */
const WORTH_RETRYING = new Set([408, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524]);

export function isRetryableStatus(status: number): boolean {
  return WORTH_RETRYING.has(status);
}

/** The failure code of an error status. A 4xx without its own code is `refused`. */
export function statusFailureCode(status: number): FailureCode {
  return FAILURE_CODES[status] ?? (status >= 500 ? 'unavailable' : 'refused');
}

/**
 * The failure for a status outside 2xx. The provider's text comes from `body`, already redacted.
 */
export function statusFailure(
  answer: { readonly status: number; readonly body: Uint8Array; readonly location: string | null },
  url: string,
  retryAfterMs: number | undefined,
): Failure {
  if (answer.status >= 300 && answer.status < 400) return redirectFailure(answer, url);
  const words = providerText(answer.body) ?? STATUS_CODES[answer.status] ?? 'no reason given';
  return new Failure(
    statusFailureCode(answer.status),
    `${url} returned ${answer.status}: ${words}`,
    {
      where: url,
      status: answer.status,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    },
  );
}

function redirectFailure(
  answer: { readonly status: number; readonly location: string | null },
  url: string,
): Failure {
  const target = shortText(answer.location ?? 'nowhere', 120);
  return new Failure('refused', `${url} returned ${answer.status}: a redirect to ${target}`, {
    where: url,
    hint: 'keys are not sent after a redirect; put the final address into baseUrl',
  });
}

/** The provider's text in an error body, on one line of at most 200 characters. */
export function providerText(body: Uint8Array): string | undefined {
  const text = new TextDecoder().decode(body);
  if (text.trim() === '') return undefined;
  if (looksLikeHtml(text)) return 'an HTML page instead of JSON';
  // JSON without an error may contain anything, including private data.
  const words = /^\s*[[{]/.test(text) ? jsonProblemText(text) : text;
  return words === undefined ? undefined : shortText(words, 200);
}

/** Whether this is a JSON text that reports an error. */
export function reportsError(text: string): boolean {
  return /^\s*\{/.test(text) && jsonProblemText(text) !== undefined;
}

function jsonProblemText(text: string): string | undefined {
  try {
    return findErrorText(JSON.parse(text));
  } catch {
    // Incomplete JSON: its error text cannot be found.
    return undefined;
  }
}

/** The error text of a parsed body: problem+json, `{error:{message}}` and similar. */
export function findErrorText(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const body = value as Readonly<Record<string, unknown>>;
  if (typeof body['error'] === 'object') return findErrorText(body['error']);
  const word = ['detail', 'message', 'msg', 'error', 'title'].find(
    (key) => typeof body[key] === 'string',
  );
  const lines = Array.isArray(body['errors']) ? body['errors'].slice(0, 3) : [];
  const texts = [word === undefined ? undefined : body[word], ...lines];
  const words = texts.filter((line) => typeof line === 'string');
  return words.length === 0 ? undefined : words.join('; ');
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'unknown host name',
  EAI_AGAIN: 'the host name could not be looked up',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was reset',
  ETIMEDOUT: 'the connection timed out',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'the network is unreachable',
  UND_ERR_SOCKET: 'the connection was closed before a response arrived',
  UND_ERR_CONNECT_TIMEOUT: 'the connection timed out',
};

/** Errors before a connection existed, so not a byte of the request was sent. */
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Whether a request failed before anything was sent. */
export function wasNeverSent(failure: Failure): boolean {
  const { code } = rootCause(failure.cause);
  return NEVER_CONNECTED.has(code) || UNTRUSTED_CERTIFICATE.test(code);
}

const UNTRUSTED_CERTIFICATE = /^(?:CERT_|ERR_TLS_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_SSL_)/;

/** The failure if no response arrived. */
export function connectionFailure(error: unknown, url: string): Failure {
  const { code, message } = rootCause(error);
  if (UNTRUSTED_CERTIFICATE.test(code)) {
    return new Failure('refused', `${url} has an untrusted certificate (${code})`, {
      where: url,
      hint: 'check the address, or add the certificate authority with NODE_EXTRA_CA_CERTS',
      cause: error,
    });
  }
  const reason = REASONS[code] ?? (message || 'no reason given');
  const suffix = code === '' ? '' : ` (${code})`;
  return new Failure('unavailable', `cannot reach ${url}: ${reason}${suffix}`, {
    where: url,
    hint: 'check the address in the config and the network, then pull again; no data is lost',
    cause: error,
  });
}

/** The failure for an incomplete body. */
export function truncatedBodyFailure(error: unknown, url: string, receivedBytes: number): Failure {
  const { code, message } = rootCause(error);
  const reason = shortText(code || message, 80);
  const message_ =
    `${url} closed the connection after ${receivedBytes} bytes of an incomplete response ` +
    `(${reason})`;
  return new Failure('unavailable', message_, { where: url, cause: error });
}

/** fetch nests the reason one or more causes deep. */
function rootCause(error: unknown): { code: string; message: string } {
  let deepest = error;
  for (let depth = 0; depth < 5; depth += 1) {
    const cause = deepest instanceof Error ? deepest.cause : undefined;
    if (!(cause instanceof Error)) break;
    deepest = cause;
  }
  const { code, message } = deepest as { code?: unknown; message?: unknown };
  return {
    code: typeof code === 'string' ? code : '',
    message: typeof message === 'string' ? shortText(message, 120) : '',
  };
}

const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/**
 * Doubles from half a second up to half a minute, minus a random share of up to half. The jitter
 * keeps workers that failed together from retrying together. The second retry waits 500 to 1,000
 * ms.
 */
export function backoffMs(retry: number, random: Random): number {
  const full = Math.min(FIRST_MS * 2 ** (retry - 1), LONGEST_MS);
  return Math.round(full * (1 - random.next() / 2));
}

/**
 * Parses `Retry-After`, in seconds or as an HTTP date, to milliseconds from `nowMs`. A past date is
 * 0, unreadable text is `undefined`. `'12'` is 12,000.
 */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}(?:\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  if (!/[a-z]{3}/i.test(text)) return undefined;
  const dateMs = Date.parse(text);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}
