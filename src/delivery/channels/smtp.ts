/** Knows how a message is handed to a mail server, and exactly when the server may have it. */

import type { Handed } from '../../domain/delivery.ts';
import { Failure } from '../../domain/failure.ts';
import type { Channel, Handing, Parcel } from '../channel.ts';
import { wireAddress } from '../wireAddress.ts';
import { accepted, failedAfter, failedBefore } from '../smtp/answer.ts';
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
    async hand(message, handing) {
      let session: Session;
      try {
        session = await beginSession(await access());
      } catch (error) {
        // A secret that is missing, or a server that is: mended, the next try succeeds.
        return failedBefore(error as SmtpError | Failure);
      }
      return transmit(session, message, { ...handing, sender });
    },
    check: async () => checked(await access()),
  };
}

/**
 * The last bytes are held back until `beforeHandOver` has resolved. Until then a server that has
 * the rest must drop it when the connection ends, so the message was not handed over.
 */
async function transmit(
  session: Session,
  message: Uint8Array,
  { recipient, sender, beforeHandOver }: Handing & { sender: string },
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
  return { kind: 'deferred', reply: `the server answered before the end: ${response}` };
}

async function checked(access: SessionWish): Promise<string> {
  const { host = 'localhost', port = '' } = access.connection;
  const place = port === '' ? host : `${host}:${port}`;
  try {
    const session = await beginSession(access);
    const secured = session.secure ? 'encrypted' : 'not encrypted';
    endSession(session);
    const as = access.auth === undefined ? 'nobody signed in' : `signed in as ${access.auth.user}`;
    return `${place} answers, ${secured}, ${as}`;
  } catch (error) {
    throw unreachable(place, error as SmtpError);
  }
}

function unreachable(place: string, error: SmtpError): Failure {
  const message = `${place} does not let us in: ${error.message}`;
  if (error.code === 'EAUTH') {
    return new Failure('auth', message, {
      hint: 'check user and password in smtp.url',
      cause: error,
    });
  }
  const hint = 'check host, port and smtps:// or smtp:// in smtp.url, and that a firewall lets it';
  return new Failure('unavailable', message, { hint, cause: error });
}
