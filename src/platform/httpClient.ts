/** How to ask over HTTP and when to ask again. */

import { setTimeout as wait } from 'node:timers/promises';
import pRetry from 'p-retry';
import { Failure } from '../domain/failure.ts';
import { backoffMs } from './backoff.ts';
import type { Clock } from './clock.ts';
import type { Gate, HttpClient, HttpResult } from './http.ts';
import { askOnce, type Question } from './httpAttempt.ts';
import { statusWorthRetrying } from './httpFailure.ts';
import { type QuestionDefaults, questionOf } from './httpQuestion.ts';
import { type Random, seededRandom } from './random.ts';

const DEFAULT_RETRIES = 4;
/** A provider that wants a longer pause than this gets it from the next run. */
const LONGEST_PAUSE_MS = 120_000;

export interface HttpClientSettings extends QuestionDefaults {
  readonly clock: Clock;
  /** How many times a question is asked again; 4 unless told otherwise. */
  readonly retries?: number;
  /** Asked before each try; without one nobody waits. */
  readonly gate?: Gate;
  /** Pauses between tries; tests give one that only remembers. */
  readonly sleep?: (ms: number) => Promise<unknown>;
  /** Source of jitter. */
  readonly random?: Random;
}

/**
 * A client over the global `fetch`. Tries again, with growing pauses or as `Retry-After` says, what
 * may pass by itself: 429, 500, 502, 503, 504, timeouts and broken connections; nothing else.
 * Answers are values: it throws for bugs alone.
 */
export function createHttpClient(settings: HttpClientSettings): HttpClient {
  const spacing = newSpacing(settings);
  return {
    async get(request) {
      const startedAtMs = settings.clock.nowMs();
      const question = questionOf(request, settings);
      if (question instanceof Failure) {
        return { ok: false, failure: question, url: question.where ?? '', ...at(startedAtMs) };
      }
      const result = await askUntilAnswered(question, settings, spacing);
      return result.ok
        ? { ok: true, answer: { ...result.answer, startedAtMs } }
        : { ...result, startedAtMs };
    },
  };
}

function at(instantMs: number) {
  return { startedAtMs: instantMs, endedAtMs: instantMs };
}

/** Carries a failed result through p-retry, which knows only errors. */
class Unanswered extends Error {
  readonly result: HttpResult & { ok: false };

  constructor(result: HttpResult & { ok: false }) {
    super(result.failure.message);
    this.result = result;
  }
}

async function askUntilAnswered(
  question: Question,
  settings: HttpClientSettings,
  spacing: Spacing,
): Promise<HttpResult> {
  const random = settings.random ?? seededRandom(String(settings.clock.nowMs()));
  const sleep = settings.sleep ?? wait;
  try {
    return await pRetry(
      async () => {
        await spacing(question);
        const result = await askThrough(settings, question);
        if (!result.ok) throw new Unanswered(result);
        return result;
      },
      {
        retries: question.retries ?? settings.retries ?? DEFAULT_RETRIES,
        minTimeout: 0,
        shouldRetry: async ({ error, attemptNumber }) => {
          const pauseMs = pauseBeforeRetry(error, backoffMs(attemptNumber, random));
          if (pauseMs === undefined) return false;
          await sleep(pauseMs);
          return true;
        },
      },
    );
  } catch (error) {
    if (error instanceof Unanswered) return error.result;
    throw error;
  }
}

/** Waits until the host may be asked again. */
type Spacing = (question: Question) => Promise<void>;

/** Each request takes the next free moment at its host, however many wait at once. */
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

/** One try, in its place at the gate; a host that is tired of us is left alone by everybody. */
async function askThrough({ gate, clock }: HttpClientSettings, question: Question) {
  if (gate === undefined) return askOnce(question, clock);
  const { host } = question.url;
  const leave = await entered(gate, question, clock);
  if (typeof leave !== 'function') return leave;
  try {
    const result = await askOnce(question, clock);
    const waitMs = result.ok ? undefined : result.failure.retryAfterMs;
    if (waitMs !== undefined) await gate.close(host, waitMs);
    return result;
  } finally {
    await leave();
  }
}

/** More than a whole answer takes, so that only the dead lose their place. */
const SLACK_MS = 5_000;
const DOWNLOAD_MS = 3_600_000;

async function entered(gate: Gate, question: Question, clock: Clock) {
  const { url, tracedUrl, timeoutMs, into } = question;
  const startedAtMs = clock.nowMs();
  try {
    return await gate.enter(url.host, (into === undefined ? timeoutMs : DOWNLOAD_MS) + SLACK_MS);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const failed = { ok: false, failure: error, url: tracedUrl } as const;
    return { ...failed, startedAtMs, endedAtMs: clock.nowMs() };
  }
}

/** Milliseconds to wait, or `undefined` where asking again is of no use now. */
function pauseBeforeRetry(error: Error, growingMs: number): number | undefined {
  if (!(error instanceof Unanswered)) return undefined;
  const { failure, status } = error.result;
  const passing = status === undefined || status < 300 || statusWorthRetrying(status);
  if (!failure.passing || !passing) return undefined;
  const pauseMs = Math.max(growingMs, failure.retryAfterMs ?? 0);
  return pauseMs > LONGEST_PAUSE_MS ? undefined : pauseMs;
}
