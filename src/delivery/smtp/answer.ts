/** What a mail server's answer, or its silence, means for a message. */

import type { Handed } from '../../domain/delivery.ts';
import type { SmtpError } from './session.ts';

/** As much of an answer as is kept. */
const MOST_CHARACTERS = 1_000;

/** The server took it: its whole answer. */
export function accepted(response: string): Handed {
  const code = /^\d{3}/.exec(response)?.[0];
  const reply = shortened(response);
  return { kind: 'sent', reply, ...(code === undefined ? {} : { code: Number(code) }) };
}

/** Before the message's end was let go the server may not have taken it, whatever happened. */
export function failedBefore(error: SmtpError): Handed {
  return { kind: isForGood(error) ? 'refused' : 'deferred', ...told(error) };
}

/** After it only a clear no says that it was not taken. */
export function failedAfter(error: SmtpError): Handed {
  const { responseCode } = error;
  if (isBetween(responseCode, 500, 599)) return { kind: 'refused', ...told(error) };
  if (isBetween(responseCode, 400, 499)) return { kind: 'deferred', ...told(error) };
  const reason = `the whole message was sent, then: ${told(error).reply}`;
  return { kind: 'ambiguous', reason: shortened(reason) };
}

/** Commands by which this very message is refused; a refused login or greeting is about us. */
const ABOUT_MESSAGE = ['MAIL FROM', 'RCPT TO', 'DATA', 'API'];

function isForGood({ command, code, response, responseCode }: SmtpError): boolean {
  if (!ABOUT_MESSAGE.includes(command ?? '')) return false;
  if (responseCode !== undefined) return isBetween(responseCode, 500, 599);
  // Garbage says nothing.
  if (response !== undefined) return false;
  // Refused on this side already: too large for what the server announced, or no address.
  return code === 'EMESSAGE' || code === 'EENVELOPE';
}

function isBetween(code: number | undefined, low: number, high: number): boolean {
  return code !== undefined && code >= low && code <= high;
}

function told({ message, response, responseCode }: SmtpError): { reply: string; code?: number } {
  const reply = shortened(response === undefined ? message : response);
  return { reply, ...(responseCode === undefined ? {} : { code: responseCode }) };
}

export function shortened(text: string): string {
  return text.slice(0, MOST_CHARACTERS);
}
