/** How a session with a mail server begins: connect, encrypt, log in. */

import SMTPConnection, { type SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';

/** Where mail is handed in, secrets revealed. */
export interface SessionWish {
  readonly connection: SMTPConnectionOptions;
  readonly auth?: { readonly user: string; readonly pass: string };
}

/** What nodemailer tells of a failure: the server's answer, and to which command. */
export interface SmtpError extends Error {
  readonly code?: string | undefined;
  readonly command?: string | undefined;
  readonly response?: string | undefined;
  readonly responseCode?: number | undefined;
}

type Done<T> = (error?: SmtpError | null, value?: T) => void;

/** A server that says a letter now and then is never silent, and would hold a step for good. */
const SILENCES_AT_MOST = 4;

/** How long nodemailer bears silence unless told. */
const USUAL_SILENCE_MS = 600_000;

/**
 * One step of a session. It fails too where the connection fails beside it, which nodemailer tells
 * by an event alone, and where it lasts four times as long as silence is borne.
 */
export function step<T>(connection: SMTPConnection, begin: (done: Done<T>) => void): Promise<T> {
  const limitMs = SILENCES_AT_MOST * (connection.options.socketTimeout ?? USUAL_SILENCE_MS);
  return new Promise((resolve, reject) => {
    const late = () =>
      fail(new Error(`the server did not complete its response within ${limitMs / 1000} s`));
    const timer = setTimeout(late, limitMs);
    const ended = () => {
      // The step's own answer, if there is one, says more; it comes within the same turn.
      setImmediate(() => fail(new Error('the server closed the connection')));
    };
    const settle = () => {
      clearTimeout(timer);
      connection.off('error', fail);
      connection.off('end', ended);
    };
    const fail = (error: Error) => {
      settle();
      reject(error);
    };
    connection.on('error', fail);
    connection.on('end', ended);
    begin((error, value) => {
      if (error) return fail(error);
      settle();
      resolve(value as T);
    });
  });
}

/** A session, logged in if a user is configured; always close it. */
export async function beginSession({ connection: options, auth }: SessionWish) {
  const connection = new SMTPConnection(options);
  // An error that comes when nobody waits any more has nothing left to say.
  connection.on('error', () => undefined);
  try {
    await step<void>(connection, (done) => connection.connect(done));
    if (auth !== undefined) await signIn(connection, auth);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

async function signIn(
  connection: SMTPConnection,
  auth: { user: string; pass: string },
): Promise<void> {
  if (!connection.allowsAuth) {
    throw Object.assign(new Error('the server offers no login'), { code: 'EAUTH' });
  }
  await step<boolean>(connection, (done) => connection.login({ ...auth }, done));
}

const GOODBYE_MS = 1_000;

/** Says goodbye, and waits no longer than a second for the answer. */
export function endSession(connection: SMTPConnection): void {
  connection.quit();
  setTimeout(() => connection.close(), GOODBYE_MS).unref();
}
