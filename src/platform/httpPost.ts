/** How something is told over HTTP once: what may have been heard is not said again. */

import { Failure } from '../domain/failure.ts';
import type { Clock } from './clock.ts';
import { plainBytes } from './body.ts';
import { askOnce } from './httpAttempt.ts';
import { wasNeverSent } from './httpFailure.ts';
import { questionOf } from './httpQuestion.ts';

export interface HttpPost {
  readonly url: URL;
  readonly body: Uint8Array;
  readonly contentType: string;
  /** Values to remove from URLs, bodies and messages wherever they appear. */
  readonly secrets?: readonly string[];
  readonly timeoutMs?: number;
}

export interface Answered {
  readonly kind: 'answered';
  readonly status: number;
  /** Secrets removed; empty where it was cut off. */
  readonly body: Uint8Array;
  /** Set where the status is no 2xx: what it means. */
  readonly failure?: Failure;
}

/**
 * `answered` with whatever status; `unsent` where no connection came to be, so that nobody can have
 * heard it; `unanswered` where it may have been heard, and no answer says so.
 */
export type Posted =
  | Answered
  | { readonly kind: 'unsent'; readonly failure: Failure }
  | { readonly kind: 'unanswered'; readonly failure: Failure };

/** Far more than any webhook says. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/** Posts once, whatever comes of it; never throws for what the other side does. */
export async function postOnce(post: HttpPost, clock: Clock): Promise<Posted> {
  const { url, contentType, secrets = [], timeoutMs } = post;
  const request = { url, secrets, headers: { 'content-type': contentType } };
  const defaults = {
    maxBytes: MAX_ANSWER_BYTES,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
  const question = questionOf(request, defaults);
  if (question instanceof Failure) return { kind: 'unsent', failure: question };
  const result = await askOnce({ ...question, body: new Uint8Array(post.body) }, clock);
  if (result.ok) {
    const { status, body } = result.answer;
    return { kind: 'answered', status, body: plainBytes(body) };
  }
  const { failure, status, body = new Uint8Array() } = result;
  if (status !== undefined) return { kind: 'answered', status, body: plainBytes(body), failure };
  return { kind: wasNeverSent(failure) ? 'unsent' : 'unanswered', failure };
}
