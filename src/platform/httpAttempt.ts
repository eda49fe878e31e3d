/** One HTTP exchange: the request, its time and size limits, and the result. */

import { Failure } from '../domain/failure.ts';
import { retryAfterMs } from './backoff.ts';
import { BodyCollector, type ReceivedBody, bodyHead } from './body.ts';
import type { Clock } from './clock.ts';
import type { HttpResult } from './http.ts';
import { requestBytes, FileCollector, IdleTimer, type IncomingResponse } from './httpDownload.ts';
import { connectionFailure, truncatedBodyFailure, statusFailure } from './httpFailure.ts';
import type { Redactor } from './redact.ts';

/** A request ready to be sent. `shownUrl` has no secrets. */
export interface PreparedRequest {
  readonly url: URL;
  readonly shownUrl: string;
  /** The URL with the JSON body, if there is one. */
  readonly tracedUrl: string;
  readonly headers: Headers;
  /** Makes the request a POST. */
  readonly body?: Uint8Array<ArrayBuffer>;
  readonly redactor: Redactor;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** The file for the body of a 2xx response. Default: in memory. */
  readonly into?: string;
  readonly minIntervalMs?: number;
  readonly retries?: number;
  /** PEM certificates; only servers that these authorities signed are trusted. */
  readonly ca?: string;
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
