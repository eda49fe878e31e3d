/** One HTTP exchange: the request, its time and size limits, and the result. */

import { Failure } from '../domain/failure.ts';
import {
  connectionFailure,
  retryAfterMs,
  statusFailure,
  truncatedBodyFailure,
} from './httpFailure.ts';
import { BodyCollector, bodyHead, type ReceivedBody } from './body.ts';
import type { Clock } from './clock.ts';
import type { HttpRequest, HttpResult } from './http.ts';
import { FileCollector, IdleTimer, type IncomingResponse, requestBytes } from './httpDownload.ts';
import { createRedactor, type Redactor } from './redact.ts';
import { version } from './version.ts';

/** A request ready to be sent. `shownUrl` has no secrets. */
export interface PreparedRequest
  extends Pick<HttpRequest, 'url' | 'into' | 'minIntervalMs' | 'retries' | 'ca'> {
  readonly shownUrl: string;
  /** The URL with the JSON body, if there is one. */
  readonly tracedUrl: string;
  readonly headers: Headers;
  /** Makes the request a POST. */
  readonly body?: Uint8Array<ArrayBuffer>;
  readonly redactor: Redactor;
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** Sends the request once. Never throws for what the server does. */
export async function sendOnce(question: PreparedRequest, clock: Clock): Promise<HttpResult> {
  const startedAtMs = clock.nowMs();
  const timer = startTimer(question);
  const timing = () => ({ url: question.tracedUrl, startedAtMs, endedAtMs: clock.nowMs() });
  let status: number | undefined;
  try {
    const response = await request(question, timer.signal);
    status = response.status;
    const received = await readBody(response, question, timer);
    return answered(question, response, { received, ...timing() });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { ok: false, failure: error, ...(status === undefined ? {} : { status }), ...timing() };
  } finally {
    timer.end();
  }
}

/** The timeout covers a whole body in memory, but only the pauses of one written to disk. */
function startTimer({
  into,
  timeoutMs,
}: PreparedRequest): Pick<IdleTimer, 'signal' | 'renew' | 'end'> {
  if (into !== undefined) return new IdleTimer(timeoutMs);
  return { signal: AbortSignal.timeout(timeoutMs), renew: () => undefined, end: () => undefined };
}

async function request(question: PreparedRequest, signal: AbortSignal): Promise<IncomingResponse> {
  try {
    const { url, headers, body, into, ca } = question;
    if (into !== undefined || ca !== undefined) {
      return await requestBytes(url, headers, { signal, ...(ca === undefined ? {} : { ca }) });
    }
    const post = body === undefined ? {} : { method: 'POST', body };
    // Redirects are not followed: another host must never get the key.
    return await fetch(url, { ...post, headers, redirect: 'manual', signal });
  } catch (error) {
    if (signal.aborted) throw timeoutFailure(question, error);
    throw connectionFailure(error, question.shownUrl);
  }
}

async function readBody(
  response: IncomingResponse,
  question: PreparedRequest,
  timer: ReturnType<typeof startTimer>,
): Promise<ReceivedBody> {
  const isSaved = question.into !== undefined && response.ok;
  const file = isSaved ? await FileCollector.at(question.into) : undefined;
  const intake = file ?? new BodyCollector(question.redactor);
  try {
    for await (const chunk of response.body ?? []) {
      if (intake.size + chunk.byteLength > question.maxBytes) throw tooLargeFailure(question);
      await intake.take(chunk);
      timer.renew();
    }
  } catch (error) {
    await file?.giveUp();
    if (error instanceof Failure) throw error;
    if (timer.signal.aborted) throw timeoutFailure(question, error);
    throw truncatedBodyFailure(error, question.shownUrl, intake.size);
  }
  return intake.end();
}

interface Received {
  readonly received: ReceivedBody;
  readonly url: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

/** The part of an error page that may be quoted. */
const QUOTED_BYTES = 65_536;

function answered(
  question: PreparedRequest,
  response: IncomingResponse,
  came: Received,
): HttpResult {
  const { received, ...when } = came;
  const { status, headers } = response;
  const { body, digest } = received;
  if (response.ok) return { ok: true, answer: { status, headers, body, digest, ...when } };
  const waitMs = retryAfterMs(headers.get('retry-after'), when.endedAtMs);
  const target = headers.get('location');
  const location = target === null ? null : question.redactor.text(target);
  const failure = statusFailure(
    { status, body: bodyHead(body, QUOTED_BYTES), location },
    question.shownUrl,
    waitMs,
  );
  return { ok: false, failure, status, body, digest, ...when };
}

function timeoutFailure(question: PreparedRequest, cause: unknown): Failure {
  const limit = `${question.timeoutMs / 1000} s`;
  return new Failure(
    'timeout',
    `${question.shownUrl} did not send a complete response within ${limit}`,
    {
      where: question.shownUrl,
      cause,
    },
  );
}

function tooLargeFailure(question: PreparedRequest): Failure {
  const limit = `${question.maxBytes} bytes`;
  return new Failure('too-large', `${question.shownUrl} sent more than ${limit}`, {
    where: question.shownUrl,
  });
}

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
