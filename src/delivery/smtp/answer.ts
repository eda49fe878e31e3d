/** What the reply of a mail server, or its silence, means for a message. */

import type { SendResult } from '../../domain/delivery.ts';
import type { SmtpError } from './session.ts';

/** The part of a reply that is kept. */
const MOST_CHARACTERS = 1_000;

/** The server accepted the message. `response` is its whole reply. */
export function toSentResult(response: string): SendResult {
  const code = /^\d{3}/.exec(response)?.[0];
  const reply = shortenReply(response);
  return { kind: 'sent', reply, ...(code === undefined ? {} : { code: Number(code) }) };
}

/** A failure before the end of the message was sent. The server cannot have accepted it. */
export function resultBeforeEnd(error: SmtpError): SendResult {
  return { kind: isPermanent(error) ? 'refused' : 'deferred', ...replyOf(error) };
}

/**
 * A failure after the end of the message was sent. Only a 4xx or 5xx means that it was not
 * accepted.
 */
export function resultAfterEnd(error: SmtpError): SendResult {
  const { responseCode } = error;
  if (isBetween(responseCode, 500, 599)) return { kind: 'refused', ...replyOf(error) };
  if (isBetween(responseCode, 400, 499)) return { kind: 'deferred', ...replyOf(error) };
  const reason = `the whole message was sent, then: ${replyOf(error).reply}`;
  return { kind: 'ambiguous', reason: shortenReply(reason) };
}

/** Commands that reject this message. A refused login or greeting concerns the sender. */
const ABOUT_MESSAGE = ['MAIL FROM', 'RCPT TO', 'DATA', 'API'];

function isPermanent({ command, code, response, responseCode }: SmtpError): boolean {
  if (!ABOUT_MESSAGE.includes(command ?? '')) return false;
  if (responseCode !== undefined) return isBetween(responseCode, 500, 599);
  // An unreadable reply settles nothing.
  if (response !== undefined) return false;
  // Rejected by nodemailer: larger than the server allows, or an invalid address.
  return code === 'EMESSAGE' || code === 'EENVELOPE';
}

function isBetween(code: number | undefined, low: number, high: number): boolean {
  return code !== undefined && code >= low && code <= high;
}

function replyOf({ message, response, responseCode }: SmtpError): { reply: string; code?: number } {
  const reply = shortenReply(response === undefined ? message : response);
  return { reply, ...(responseCode === undefined ? {} : { code: responseCode }) };
}

export function shortenReply(text: string): string {
  return text.slice(0, MOST_CHARACTERS);
}
