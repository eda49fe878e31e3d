/** The SMTP channel, which knows from when on the server may have a message. */

import type { SendResult } from '../../domain/delivery.ts';
import { Failure } from '../../domain/failure.ts';
import type { ChannelFact } from '../../domain/finding.ts';
import type { Channel, OutgoingMessage, SendRequest } from '../channel.ts';
import { toAsciiAddress } from '../eml.ts';
import { createRedactor } from '../../platform/redact.ts';
import {
  closeSmtpSession,
  HeldBackStream,
  openSmtpSession,
  runSmtpStep,
  type SmtpError,
  type SmtpSessionOptions,
} from '../smtp/session.ts';

type Session = Awaited<ReturnType<typeof openSmtpSession>>;

export interface SmtpChannelOptions {
  /** Called for each session, because it reveals secrets. */
  readonly access: () => Promise<SmtpSessionOptions>;
  /** The envelope sender, a bare address that receives bounces. */
  readonly sender: string;
  /** The same input gives the same bytes. */
  readonly compose: (outgoing: OutgoingMessage) => Promise<Uint8Array>;
}

/** SMTP (RFC 5321): one session per message, with one recipient. */
export function smtpChannel({ access, sender, compose }: SmtpChannelOptions): Channel {
  return {
    kind: 'smtp',
    prepare: compose,
    send: (message, handing) => openAndSend(access, message, { ...handing, sender }),
    check: async () => checkServer(await access()),
  };
}

type Envelope = SendRequest & { readonly sender: string };

async function openAndSend(
  openAccess: SmtpChannelOptions['access'],
  message: Uint8Array,
  envelope: Envelope,
): Promise<SendResult> {
  let access: SmtpSessionOptions;
  try {
    access = await openAccess();
  } catch (error) {
    // The secret is missing or not an address. The next attempt succeeds once that is fixed.
    if (error instanceof Failure) return toDeferred(error);
    throw error;
  }
  return withoutPassword(await send(access, message, envelope), access);
}

async function send(
  access: SmtpSessionOptions,
  message: Uint8Array,
  envelope: Envelope,
): Promise<SendResult> {
  let session: Session;
  try {
    session = await openSmtpSession(access);
  } catch (error) {
    const { responseCode } = error as SmtpError;
    return toDeferred(unreachable(access, error as SmtpError), responseCode);
  }
  return transmit(session, message, envelope);
}

/** Nothing was sent. The fix is on our side. */
function toDeferred({ message, hint }: Failure, code?: number): SendResult {
  const reply = shortenReply(`${message}; ${hint}`);
  return { kind: 'deferred', reply, ...(code === undefined ? {} : { code }) };
}

/** Some servers quote what they received. The stored reply must not contain the password. */
function withoutPassword(handed: SendResult, { auth }: SmtpSessionOptions): SendResult {
  if (auth === undefined) return handed;
  const redactor = createRedactor([auth.pass]);
  return handed.kind === 'ambiguous'
    ? { ...handed, reason: redactor.text(handed.reason) }
    : { ...handed, reply: redactor.text(handed.reply) };
}

/**
 * The last bytes are held back until `beforeSend` has resolved. Until then the server must drop
 * the incomplete message when the connection ends, so it was not sent.
 */
async function transmit(
  session: Session,
  message: Uint8Array,
  { recipient, sender, beforeSend }: Envelope,
): Promise<SendResult> {
  const stream = new HeldBackStream(message, beforeSend);
  const [from, to] = [toAsciiAddress(sender), toAsciiAddress(recipient)];
  const envelope = { from, to: [to], size: message.byteLength };
  try {
    const { response } = await runSmtpStep<{ response: string }>(session, (done) =>
      session.send(envelope, stream, done),
    );
    return await interpretReply(session, stream, response);
  } catch (error) {
    await stream.stop();
    session.close();
    const { problem } = stream;
    if (problem !== undefined) throw problem.error;
    return stream.released
      ? resultAfterEnd(error as SmtpError)
      : resultBeforeEnd(error as SmtpError);
  }
}

async function interpretReply(
  session: Session,
  stream: HeldBackStream,
  response: string,
): Promise<SendResult> {
  if (stream.released) {
    closeSmtpSession(session);
    return toSentResult(response);
  }
  await stream.stop();
  session.close();
  // The server cannot have accepted an incomplete message.
  return {
    kind: 'deferred',
    reply: `the server replied before the message was complete: ${response}`,
  };
}

async function checkServer(access: SmtpSessionOptions): Promise<ChannelFact> {
  try {
    const session = await openSmtpSession(access);
    const encrypted = session.secure;
    closeSmtpSession(session);
    const user = access.auth === undefined ? {} : { user: access.auth.user };
    return { code: 'mail-server-answers', host: serverText(access), encrypted, ...user };
  } catch (error) {
    throw unreachable(access, error as SmtpError);
  }
}

function serverText({ connection: { host = 'localhost', port = '' } }: SmtpSessionOptions): string {
  return port === '' ? host : `${host}:${port}`;
}

function unreachable(access: SmtpSessionOptions, error: SmtpError): Failure {
  const place = serverText(access);
  const { code, message, responseCode } = error;
  if (code === 'EAUTH') {
    return new Failure('auth', `${place} refused the login: ${message}`, {
      hint: 'check the user and password in smtp.url',
      cause: error,
    });
  }
  const what = responseCode === undefined ? 'cannot be reached' : 'refused the connection';
  const hint =
    'check host, port and smtps:// or smtp:// in smtp.url, and that no firewall blocks them';
  return new Failure('unavailable', `${place} ${what}: ${message}`, { hint, cause: error });
}

/** The part of a reply that is kept. */
const MOST_CHARACTERS = 1_000;

/** The server accepted the message. `response` is its whole reply. */
function toSentResult(response: string): SendResult {
  const code = /^\d{3}/.exec(response)?.[0];
  const reply = shortenReply(response);
  return { kind: 'sent', reply, ...(code === undefined ? {} : { code: Number(code) }) };
}

/** A failure before the end of the message was sent. The server cannot have accepted it. */
function resultBeforeEnd(error: SmtpError): SendResult {
  return { kind: isPermanent(error) ? 'refused' : 'deferred', ...replyOf(error) };
}

/**
 * A failure after the end of the message was sent. Only a 4xx or 5xx means that it was not
 * accepted.
 */
function resultAfterEnd(error: SmtpError): SendResult {
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

function shortenReply(text: string): string {
  return text.slice(0, MOST_CHARACTERS);
}
