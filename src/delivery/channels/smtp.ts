/** How a message is handed to a mail server, and exactly when the server may have it. */

import type { Handed } from '../../domain/delivery.ts';
import { Failure } from '../../domain/failure.ts';
import type { ChannelFact } from '../../domain/finding.ts';
import type { Channel, Handing, Parcel } from '../channel.ts';
import { wireAddress } from '../wireAddress.ts';
import { createRedactor } from '../../platform/redact.ts';
import { accepted, failedAfter, failedBefore, shortened } from '../smtp/answer.ts';
import { HeldBack } from '../smtp/heldBack.ts';
import {
  beginSession,
  endSession,
  type SessionWish,
  type SmtpError,
  step,
} from '../smtp/session.ts';

type Session = Awaited<ReturnType<typeof beginSession>>;

export interface SmtpWish {
  /** Asked anew for each session, for it reveals secrets. */
  readonly access: () => Promise<SessionWish>;
  /** The sender of the envelope, to whom bounces go: a bare address. */
  readonly sender: string;
  /** The same parcel gives the same bytes. */
  readonly compose: (parcel: Parcel) => Promise<Uint8Array>;
}

/** SMTP (RFC 5321): one session for each message, one recipient in it. */
export function smtpChannel({ access, sender, compose }: SmtpWish): Channel {
  return {
    kind: 'smtp',
    prepare: compose,
    hand: (message, handing) => handBy(access, message, { ...handing, sender }),
    check: async () => checked(await access()),
  };
}

type Envelope = Handing & { readonly sender: string };

async function handBy(
  open: SmtpWish['access'],
  message: Uint8Array,
  envelope: Envelope,
): Promise<Handed> {
  let access: SessionWish;
  try {
    access = await open();
  } catch (error) {
    // The secret is missing or not an address: once fixed, the next attempt succeeds.
    if (error instanceof Failure) return putOff(error);
    throw error;
  }
  return withoutPassword(await handIn(access, message, envelope), access);
}

async function handIn(
  access: SessionWish,
  message: Uint8Array,
  envelope: Envelope,
): Promise<Handed> {
  let session: Session;
  try {
    session = await beginSession(access);
  } catch (error) {
    const { responseCode } = error as SmtpError;
    return putOff(unreachable(access, error as SmtpError), responseCode);
  }
  return transmit(session, message, envelope);
}

/** Nothing was sent; the fix is on our side. */
function putOff({ message, hint }: Failure, code?: number): Handed {
  const reply = shortened(`${message}; ${hint}`);
  return { kind: 'deferred', reply, ...(code === undefined ? {} : { code }) };
}

/** Some servers say back what they were told; what is kept and shown must not hold it. */
function withoutPassword(handed: Handed, { auth }: SessionWish): Handed {
  if (auth === undefined) return handed;
  const redactor = createRedactor([auth.pass]);
  return handed.kind === 'ambiguous'
    ? { ...handed, reason: redactor.text(handed.reason) }
    : { ...handed, reply: redactor.text(handed.reply) };
}

/**
 * The last bytes are held back until `beforeHandOver` has resolved. Until then a server that has
 * the rest must drop it when the connection ends, so the message was not handed over.
 */
async function transmit(
  session: Session,
  message: Uint8Array,
  { recipient, sender, beforeHandOver }: Envelope,
): Promise<Handed> {
  const held = new HeldBack(message, beforeHandOver);
  const [from, to] = [wireAddress(sender), wireAddress(recipient)];
  const envelope = { from, to: [to], size: message.byteLength };
  try {
    const { response } = await step<{ response: string }>(session, (done) =>
      session.send(envelope, held, done),
    );
    return await answered(session, held, response);
  } catch (error) {
    await held.stop();
    session.close();
    const { problem } = held;
    if (problem !== undefined) throw problem.error;
    return held.released ? failedAfter(error as SmtpError) : failedBefore(error as SmtpError);
  }
}

async function answered(session: Session, held: HeldBack, response: string): Promise<Handed> {
  if (held.released) {
    endSession(session);
    return accepted(response);
  }
  await held.stop();
  session.close();
  // It cannot have taken what it does not have.
  return {
    kind: 'deferred',
    reply: `the server replied before the message was complete: ${response}`,
  };
}

async function checked(access: SessionWish): Promise<ChannelFact> {
  try {
    const session = await beginSession(access);
    const encrypted = session.secure;
    endSession(session);
    const user = access.auth === undefined ? {} : { user: access.auth.user };
    return { code: 'mail-server-answers', host: placeOf(access), encrypted, ...user };
  } catch (error) {
    throw unreachable(access, error as SmtpError);
  }
}

function placeOf({ connection: { host = 'localhost', port = '' } }: SessionWish): string {
  return port === '' ? host : `${host}:${port}`;
}

function unreachable(access: SessionWish, error: SmtpError): Failure {
  const place = placeOf(access);
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
