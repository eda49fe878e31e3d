/** How a short message goes through a webhook: told once, and what each answer means. */

import type { Handed, Unheard } from '../domain/delivery.ts';
import { Failure } from '../domain/failure.ts';
import type { Clock } from '../platform/clock.ts';
import { jsonBytes } from './briefly.ts';
import { type Answered, type Posted, postOnce } from '../platform/httpPost.ts';
import { shortText } from '../platform/json.ts';
import type { Secret } from '../platform/secret.ts';
import type { Handing } from './channel.ts';

export interface Webhook {
  /** Its name in messages, e.g. `Slack`. */
  readonly name: string;
  /** The whole address: who knows it may post. */
  readonly address: Secret;
  readonly clock: Clock;
  readonly timeoutMs?: number;
}

/**
 * The address, as it is configured.
 * @throws {Failure} `config` where it is missing or would send the key in the clear.
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

/** Posts JSON to the webhook, once. */
export async function postTo(webhook: Webhook, body: Uint8Array): Promise<Posted> {
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

/** Path and query are the key, as a whole and in their parts. */
function keysIn({ pathname, search, searchParams }: URL): string[] {
  const parts = [...pathname.split('/'), ...searchParams.values()];
  const keys = [`${pathname}${search}`, pathname, search, ...parts];
  return keys.filter((key) => key.length >= SHORTEST_KEY);
}

interface HandOver {
  readonly message: Uint8Array;
  readonly handing: Handing;
  /** Reads a 2xx: whether it really says yes. */
  accepts(answer: { readonly status: number; readonly text: string }): boolean;
}

/** Hands a message over: an address that is missing is known before, everything else after. */
export async function handOverTo(webhook: Webhook, wish: HandOver): Promise<Handed> {
  try {
    webhookUrl(webhook);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { kind: 'deferred', reply: `${error.message}; ${error.hint}` };
  }
  await wish.handing.beforeHandOver();
  const posted = await postTo(webhook, wish.message);
  if (posted.kind === 'unsent') return { kind: 'deferred', reply: posted.failure.message };
  if (posted.kind === 'unanswered') return { kind: 'ambiguous', reason: posted.failure.message };
  const { status, body } = posted;
  const isYes = status >= 200 && status < 300 && wish.accepts({ status, text: textOf(body) });
  return isYes
    ? { kind: 'sent', code: status, reply: replyText(posted) }
    : notTaken(posted, webhook.name);
}

const COME_LATER: readonly number[] = [408, 425, 429];

/**
 * A 4xx is a refusal, but for those that ask to come later. A 2xx that says no yes is open, and so
 * is a 5xx: a server may post and fail afterwards. Only one that names a time to come again says
 * that it did nothing.
 */
function notTaken(posted: Answered, name: string): Handed {
  const { status: code, failure } = posted;
  const reply = replyText(posted);
  const retryAfterMs = failure?.retryAfterMs;
  if (mayHavePosted(posted)) {
    return {
      kind: 'ambiguous',
      reason: `${name} returned ${reply}: the message may have been posted`,
    };
  }
  if (code < 500 && !COME_LATER.includes(code)) return { kind: 'refused', code, reply };
  return { kind: 'deferred', code, reply, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

function mayHavePosted({ status, failure }: Answered): boolean {
  if (status === 503) return failure?.retryAfterMs === undefined;
  return status < 300 || status >= 500;
}

/** `404 no_service`, on one line. */
export function replyText(posted: Answered): string {
  return shortText(`${posted.status} ${textOf(posted.body)}`.trim(), 300);
}

function textOf(body: Uint8Array): string {
  return new TextDecoder().decode(body).trim();
}

/** Posts a value as JSON, once; answers nothing where it was taken. */
export async function postJson(webhook: Webhook, value: unknown): Promise<Unheard | undefined> {
  try {
    return unheardOf(webhook.name, await postTo(webhook, jsonBytes(value)));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { problem: `${error.message}; ${error.hint}`, inDoubt: false };
  }
}

function unheardOf(name: string, posted: Posted): Unheard | undefined {
  if (posted.kind !== 'answered') {
    return { problem: posted.failure.message, inDoubt: posted.kind === 'unanswered' };
  }
  const { status } = posted;
  if (status >= 200 && status < 300) return undefined;
  return { problem: `${name} returned ${replyText(posted)}`, inDoubt: mayHavePosted(posted) };
}
