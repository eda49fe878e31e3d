/** Sends a POST once: what may have been received is not sent again. */

import { Failure } from '../domain/failure.ts';
import type { Clock } from './clock.ts';
import { plainBytes } from './body.ts';
import { prepareRequest, sendOnce } from './httpAttempt.ts';
import { wasNeverSent } from './httpFailure.ts';

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
