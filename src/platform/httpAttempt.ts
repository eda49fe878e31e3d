/** One HTTP exchange: a question, its time limit, its size limit, and what came of it. */

import { Failure } from '../domain/failure.ts';
import { retryAfterMs } from './backoff.ts';
import { BodyIntake, type Gathered, headOf } from './body.ts';
import type { Clock } from './clock.ts';
import type { HttpResult } from './http.ts';
import { askForBytes, FileIntake, Idleness, type Incoming } from './httpDownload.ts';
import { connectionFailure, cutBodyFailure, statusFailure } from './httpFailure.ts';
import type { Redactor } from './redact.ts';

/** A question ready to be sent; `shownUrl` is the one without secrets. */
export interface Question {
  readonly url: URL;
  readonly shownUrl: string;
  /** With the question that goes along, where there is one. */
  readonly tracedUrl: string;
  readonly headers: Headers;
  /** Set where something goes along: it goes out as a POST. */
  readonly body?: Uint8Array<ArrayBuffer>;
  readonly redactor: Redactor;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Where a good answer's body goes, unless it stays in memory. */
  readonly into?: string;
  readonly minIntervalMs?: number;
  readonly retries?: number;
  /** Certificates in PEM by which alone the other side is known. */
  readonly ca?: string;
}

/** Asks once. Never throws for what the other side does. */
export async function askOnce(question: Question, clock: Clock): Promise<HttpResult> {
  const startedAtMs = clock.nowMs();
  const patience = patienceFor(question);
  const ended = () => ({ url: question.tracedUrl, startedAtMs, endedAtMs: clock.nowMs() });
  let status: number | undefined;
  try {
    const response = await request(question, patience.signal);
    status = response.status;
    const received = await readBody(response, question, patience);
    return answered(question, response, { received, ...ended() });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { ok: false, failure: error, ...(status === undefined ? {} : { status }), ...ended() };
  } finally {
    patience.end();
  }
}

/** A body in memory has its time as a whole, one on its way to the disk from chunk to chunk. */
function patienceFor({ into, timeoutMs }: Question): Pick<Idleness, 'signal' | 'renew' | 'end'> {
  if (into !== undefined) return new Idleness(timeoutMs);
  return { signal: AbortSignal.timeout(timeoutMs), renew: () => undefined, end: () => undefined };
}

async function request(question: Question, signal: AbortSignal): Promise<Incoming> {
  try {
    const { url, headers, body, into, ca } = question;
    if (into !== undefined || ca !== undefined) {
      return await askForBytes(url, headers, { signal, ...(ca === undefined ? {} : { ca }) });
    }
    const told = body === undefined ? {} : { method: 'POST', body };
    // Redirects are not followed: another host must never be handed the key.
    return await fetch(url, { ...told, headers, redirect: 'manual', signal });
  } catch (error) {
    if (signal.aborted) throw timeoutFailure(question, error);
    throw connectionFailure(error, question.shownUrl);
  }
}

async function readBody(
  response: Incoming,
  question: Question,
  patience: ReturnType<typeof patienceFor>,
): Promise<Gathered> {
  const isSaved = question.into !== undefined && response.ok;
  const file = isSaved ? await FileIntake.at(question.into) : undefined;
  const intake = file ?? new BodyIntake(question.redactor);
  try {
    for await (const chunk of response.body ?? []) {
      if (intake.size + chunk.byteLength > question.maxBytes) throw tooLargeFailure(question);
      await intake.take(chunk);
      patience.renew();
    }
  } catch (error) {
    await file?.giveUp();
    if (error instanceof Failure) throw error;
    if (patience.signal.aborted) throw timeoutFailure(question, error);
    throw cutBodyFailure(error, question.shownUrl, intake.size);
  }
  return intake.end();
}

interface Received {
  readonly received: Gathered;
  readonly url: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

/** More of an error page is never quoted. */
const QUOTED_BYTES = 65_536;

function answered(question: Question, response: Incoming, came: Received): HttpResult {
  const { received, ...when } = came;
  const { status, headers } = response;
  const { body, digest } = received;
  if (response.ok) return { ok: true, answer: { status, headers, body, digest, ...when } };
  const waitMs = retryAfterMs(headers.get('retry-after'), when.endedAtMs);
  const target = headers.get('location');
  const location = target === null ? null : question.redactor.text(target);
  const failure = statusFailure(
    { status, body: headOf(body, QUOTED_BYTES), location },
    question.shownUrl,
    waitMs,
  );
  return { ok: false, failure, status, body, digest, ...when };
}

function timeoutFailure(question: Question, cause: unknown): Failure {
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

function tooLargeFailure(question: Question): Failure {
  const limit = `${question.maxBytes} bytes`;
  return new Failure('too-large', `${question.shownUrl} sent more than ${limit}`, {
    where: question.shownUrl,
  });
}
