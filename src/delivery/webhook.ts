/** Posts short messages to a webhook once, and interprets the reply. Fits text to chat messages. */

import type { NoticeProblem, SendResult } from '../domain/delivery.ts';
import { Failure } from '../domain/failure.ts';
import type { Clock } from '../platform/clock.ts';
import { type PostAnswered, postOnce, type PostResult } from '../platform/httpClient.ts';
import { shortText } from '../platform/json.ts';
import type { Secret } from '../platform/secret.ts';
import type { SendRequest } from './channel.ts';

export interface Webhook {
  /** The name for messages, e.g. `Slack`. */
  readonly name: string;
  /** The whole address. Everyone who has it can post. */
  readonly address: Secret;
  readonly clock: Clock;
  readonly timeoutMs?: number;
}

/**
 * The configured address.
 * @throws {Failure} `config` if it is missing or would send the key unencrypted.
 */
export function webhookUrl({ name, address }: Pick<Webhook, 'name' | 'address'>): URL {
  const url = URL.parse(address.reveal());
  const isLocal = url !== null && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url?.protocol === 'https:' || (isLocal && url.protocol === 'http:')) return url;
  throw new Failure('config', `the ${name} webhook in ${address.origin} is not an https address`, {
    where: address.origin,
    expected: 'the complete address, beginning with https://',
    hint: 'copy the webhook address again; it is a secret and is never shown here',
  });
}

export async function postToWebhook(webhook: Webhook, body: Uint8Array): Promise<PostResult> {
  const url = webhookUrl(webhook);
  const { clock, timeoutMs } = webhook;
  return postOnce(
    {
      url,
      body,
      contentType: 'application/json; charset=utf-8',
      secrets: keysIn(url),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    },
    clock,
  );
}

const SHORTEST_KEY = 8;

/** The key is in path and query, as a whole or in parts. */
function keysIn({ pathname, search, searchParams }: URL): string[] {
  const parts = [...pathname.split('/'), ...searchParams.values()];
  const keys = [`${pathname}${search}`, pathname, search, ...parts];
  return keys.filter((key) => key.length >= SHORTEST_KEY);
}

interface WebhookMessage {
  readonly message: Uint8Array;
  readonly handing: SendRequest;
  /** Whether the body of a 2xx really reports success. */
  accepts(answer: { readonly status: number; readonly text: string }): boolean;
}

/** Sends a message. Only a missing address is detected before `beforeSend`. */
export async function sendToWebhook(
  webhook: Webhook,
  request: WebhookMessage,
): Promise<SendResult> {
  try {
    webhookUrl(webhook);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { kind: 'deferred', reply: `${error.message}; ${error.hint}` };
  }
  await request.handing.beforeSend();
  const posted = await postToWebhook(webhook, request.message);
  if (posted.kind === 'unsent') return { kind: 'deferred', reply: posted.failure.message };
  if (posted.kind === 'unanswered') return { kind: 'ambiguous', reason: posted.failure.message };
  const { status, body } = posted;
  const isAccepted =
    status >= 200 && status < 300 && request.accepts({ status, text: textOf(body) });
  return isAccepted
    ? { kind: 'sent', code: status, reply: webhookReplyText(posted) }
    : interpretRejection(posted, webhook.name);
}

const RETRYABLE: readonly number[] = [408, 425, 429];

/**
 * Interprets a reply without success. A 4xx is a refusal, except those that ask to come later. A
 * 2xx without success or a 5xx is ambiguous, because a server may post and then fail. Only a 503
 * with `Retry-After` means that nothing was posted.
 */
function interpretRejection(posted: PostAnswered, name: string): SendResult {
  const { status: code, failure } = posted;
  const reply = webhookReplyText(posted);
  const retryAfterMs = failure?.retryAfterMs;
  if (mayHavePosted(posted)) {
    return {
      kind: 'ambiguous',
      reason: `${name} returned ${reply}: the message may have been posted`,
    };
  }
  if (code < 500 && !RETRYABLE.includes(code)) return { kind: 'refused', code, reply };
  return { kind: 'deferred', code, reply, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

function mayHavePosted({ status, failure }: PostAnswered): boolean {
  if (status === 503) return failure?.retryAfterMs === undefined;
  return status < 300 || status >= 500;
}

/** `404 no_service`, on one line. */
export function webhookReplyText(posted: PostAnswered): string {
  return shortText(`${posted.status} ${textOf(posted.body)}`.trim(), 300);
}

function textOf(body: Uint8Array): string {
  return new TextDecoder().decode(body).trim();
}

/** Posts a value as JSON once. Returns `undefined` if it was accepted. */
export async function postJsonToWebhook(
  webhook: Webhook,
  value: unknown,
): Promise<NoticeProblem | undefined> {
  try {
    return toUnheard(webhook.name, await postToWebhook(webhook, toJsonBytes(value)));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { problem: `${error.message}; ${error.hint}`, inDoubt: false };
  }
}

function toUnheard(name: string, posted: PostResult): NoticeProblem | undefined {
  if (posted.kind !== 'answered') {
    return { problem: posted.failure.message, inDoubt: posted.kind === 'unanswered' };
  }
  const { status } = posted;
  if (status >= 200 && status < 300) return undefined;
  return {
    problem: `${name} returned ${webhookReplyText(posted)}`,
    inDoubt: mayHavePosted(posted),
  };
}

/** Longer than any sentence of a report. Text from outside is cut here. */
const LONGEST_LINE = 4_000;

/**
 * One line without control characters, escaped character by character. It is cut so that the
 * escaped text has at most `limit` characters, and a cut text ends with `…`.
 */
export function fitText(
  text: string,
  limit: number,
  escape: (character: string) => string = (character) => character,
): string {
  let shortened = '';
  const pieces = Array.from(shortText(text, LONGEST_LINE), escape);
  if (pieces.reduce((length, piece) => length + piece.length, 0) <= limit) return pieces.join('');
  for (const piece of pieces) {
    if (shortened.length + piece.length >= limit) break;
    shortened += piece;
  }
  return `${shortened}…`;
}

/** The address as it may be used in a link, or `undefined` if it is not an http(s) address. */
export function toWebLink(link: string | undefined): string | undefined {
  const url = link === undefined ? null : URL.parse(link);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return undefined;
  return url.href.replaceAll('|', '%7C');
}

export function toJsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
