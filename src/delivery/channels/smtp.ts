/** The SMTP channel, which knows from when on the server may have a message. */

import type { SendResult } from '../../domain/delivery.ts';
import { Failure } from '../../domain/failure.ts';
import type { ChannelFact } from '../../domain/finding.ts';
import type { Channel, SendRequest, OutgoingMessage } from '../channel.ts';
import { toAsciiAddress } from '../wireAddress.ts';
import { createRedactor } from '../../platform/redact.ts';
import { toSentResult, resultAfterEnd, resultBeforeEnd, shortenReply } from '../smtp/answer.ts';
import { HeldBackStream } from '../smtp/heldBack.ts';
import {
  openSmtpSession,
  closeSmtpSession,
  type SmtpSessionOptions,
  type SmtpError,
  runSmtpStep,
} from '../smtp/session.ts';

type Session = Awaited<ReturnType<typeof openSmtpSession>>;

export interface SmtpChannelOptions {
  /** Called for each session, because it reveals secrets. */
  readonly access: () => Promise<SmtpSessionOptions>;
  /** The envelope sender, a bare address that receives bounces. */
  readonly sender: string;
  /** The same input gives the same bytes. */
  readonly compose: (parcel: OutgoingMessage) => Promise<Uint8Array>;
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
