/** Sends HTTP requests: with retries, or a POST once, since it may have been received. */

import { setTimeout as wait } from 'node:timers/promises';
import { Failure } from '../domain/failure.ts';
import { backoffMs, isRetryableStatus, wasNeverSent } from './httpFailure.ts';
import type { Clock } from './clock.ts';
import type { HttpClient, HttpResult, RateLimiter } from './http.ts';
import {
  type PreparedRequest,
  prepareRequest,
  type RequestDefaults,
  sendOnce,
} from './httpAttempt.ts';
import { type Random, seededRandom } from './random.ts';
import { plainBytes } from './body.ts';

const DEFAULT_RETRIES = 4;
/** A longer `Retry-After` is left to the next run. */
const LONGEST_PAUSE_MS = 120_000;

export interface HttpClientSettings extends RequestDefaults {
  readonly clock: Clock;
  /** Retries after a failed request. Default: 4. */
  readonly retries?: number;
  /** Limits concurrency and rate before each attempt. Default: no limit. */
  readonly rateLimiter?: RateLimiter;
  /** Waits between attempts. Tests pass one that only records. */
  readonly sleep?: (ms: number) => Promise<unknown>;
  readonly random?: Random;
}

/**
 * A client over the global `fetch`. Retries what may pass by itself: 429, 500, 502, 503, 504,
 * timeouts and broken connections. It waits with growing pauses or as `Retry-After` says. Failures
 * are returned; only bugs throw.
 */
export function createHttpClient(settings: HttpClientSettings): HttpClient {
  const spacing = newSpacing(settings);
  return {
    async get(request) {
      const startedAtMs = settings.clock.nowMs();
      const question = prepareRequest(request, settings);
      if (question instanceof Failure) {
        return { ok: false, failure: question, url: question.where ?? '', ...instant(startedAtMs) };
      }
      const result = await requestWithRetries(question, settings, spacing);
      return result.ok
        ? { ok: true, answer: { ...result.answer, startedAtMs } }
        : { ...result, startedAtMs };
    },
  };
}

function instant(instantMs: number) {
  return { startedAtMs: instantMs, endedAtMs: instantMs };
}

async function requestWithRetries(
  question: PreparedRequest,
  settings: HttpClientSettings,
  spacing: Spacing,
): Promise<HttpResult> {
  const random = settings.random ?? seededRandom(String(settings.clock.nowMs()));
  const sleep = settings.sleep ?? wait;
  const retries = question.retries ?? settings.retries ?? DEFAULT_RETRIES;
  for (let attempt = 1; ; attempt += 1) {
    await spacing(question);
    const result = await requestOnce(settings, question);
    if (result.ok || attempt > retries) return result;
    const pauseMs = pauseBeforeRetry(result, backoffMs(attempt, random));
    if (pauseMs === undefined) return result;
    await sleep(pauseMs);
  }
}

/** Waits until the next request to the host may start. */
type Spacing = (question: PreparedRequest) => Promise<void>;

/** Each request takes the next free start time of its host, even if many wait. */
function newSpacing({ clock, sleep = wait }: HttpClientSettings): Spacing {
  const freeAtMs = new Map<string, number>();
  return async ({ url: { host }, minIntervalMs }) => {
    if (minIntervalMs === undefined) return;
    const nowMs = clock.nowMs();
    const atMs = Math.max(nowMs, freeAtMs.get(host) ?? nowMs);
    freeAtMs.set(host, atMs + minIntervalMs);
    if (atMs > nowMs) await sleep(atMs - nowMs);
  };
}

/** One attempt within the rate limit. A `Retry-After` pauses the host for all sources. */
async function requestOnce({ rateLimiter, clock }: HttpClientSettings, question: PreparedRequest) {
  if (rateLimiter === undefined) return sendOnce(question, clock);
  const { host } = question.url;
  const leave = await takeSlot(rateLimiter, question, clock);
  if (typeof leave !== 'function') return leave;
  try {
    const result = await sendOnce(question, clock);
    const waitMs = result.ok ? undefined : result.failure.retryAfterMs;
    if (waitMs !== undefined) rateLimiter.pause(host, waitMs);
    return result;
  } finally {
    leave();
  }
}

async function takeSlot(rateLimiter: RateLimiter, question: PreparedRequest, clock: Clock) {
  const { url, tracedUrl } = question;
  const startedAtMs = clock.nowMs();
  try {
    return await rateLimiter.acquire(url.host);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const failed = { ok: false, failure: error, url: tracedUrl } as const;
    return { ...failed, startedAtMs, endedAtMs: clock.nowMs() };
  }
}

/** Milliseconds to wait, or `undefined` if a retry is useless now. */
function pauseBeforeRetry(
  { failure, status }: HttpResult & { ok: false },
  growingMs: number,
): number | undefined {
  const passing = status === undefined || status < 300 || isRetryableStatus(status);
  if (!failure.passing || !passing) return undefined;
  const pauseMs = Math.max(growingMs, failure.retryAfterMs ?? 0);
  return pauseMs > LONGEST_PAUSE_MS ? undefined : pauseMs;
}

export interface HttpPost {
  readonly url: URL;
  readonly body: Uint8Array;
  readonly contentType: string;
  /** Values to remove from URLs, bodies and messages wherever they appear. */
  readonly secrets?: readonly string[];
  readonly timeoutMs?: number;
}

export interface PostAnswered {
  readonly kind: 'answered';
  readonly status: number;
  /** Without secrets, and empty if it was cut off. */
  readonly body: Uint8Array;
  /** The failure for a status outside 2xx. */
  readonly failure?: Failure;
}

/**
 * `answered` with any status; `unsent` if there was no connection; `unanswered` if the request may
 * have been received but no response arrived.
 */
export type PostResult =
  | PostAnswered
  | { readonly kind: 'unsent'; readonly failure: Failure }
  | { readonly kind: 'unanswered'; readonly failure: Failure };

/** Far more than any webhook returns. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/** Posts once. Never throws for what the server does. */
export async function postOnce(post: HttpPost, clock: Clock): Promise<PostResult> {
  const { url, contentType, secrets = [], timeoutMs } = post;
  const request = { url, secrets, headers: { 'content-type': contentType } };
  const defaults = {
    maxBytes: MAX_ANSWER_BYTES,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
  const question = prepareRequest(request, defaults);
  if (question instanceof Failure) return { kind: 'unsent', failure: question };
  const result = await sendOnce({ ...question, body: new Uint8Array(post.body) }, clock);
  if (result.ok) {
    const { status, body } = result.answer;
    return { kind: 'answered', status, body: plainBytes(body) };
  }
  const { failure, status, body = new Uint8Array() } = result;
  if (status !== undefined) return { kind: 'answered', status, body: plainBytes(body), failure };
  return { kind: wasNeverSent(failure) ? 'unsent' : 'unanswered', failure };
}
