/** A session with a mail server: its address and TLS settings, connect, encrypt, log in. */

import { Readable } from 'node:stream';
import { readFile } from 'node:fs/promises';
import SMTPConnection, { type SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';
import { Failure } from '../../domain/failure.ts';
import type { Secret } from '../../platform/secret.ts';

/** The connection with its secrets revealed. */
export interface SmtpSessionOptions {
  readonly connection: SMTPConnectionOptions;
  readonly auth?: { readonly user: string; readonly pass: string };
}

/** The failure that nodemailer reports: the reply of the server and the command. */
export interface SmtpError extends Error {
  readonly code?: string | undefined;
  readonly command?: string | undefined;
  readonly response?: string | undefined;
  readonly responseCode?: number | undefined;
}

type Done<T> = (error?: SmtpError | null, value?: T) => void;

/** A server that sends a character now and then is never silent, and would block a step forever. */
const SILENCES_AT_MOST = 4;

/** nodemailer's default timeout for silence. */
const USUAL_SILENCE_MS = 600_000;

/**
 * Runs one step of a session. It also fails if the connection fails, which nodemailer reports by an
 * event only, or if it takes four times the timeout for silence.
 */
export function runSmtpStep<T>(
  connection: SMTPConnection,
  begin: (done: Done<T>) => void,
): Promise<T> {
  const limitMs = SILENCES_AT_MOST * (connection.options.socketTimeout ?? USUAL_SILENCE_MS);
  return new Promise((resolve, reject) => {
    const late = () =>
      fail(new Error(`the server did not complete its response within ${limitMs / 1000} s`));
    const timer = setTimeout(late, limitMs);
    const ended = () => {
      // A reply to the step has more detail, and arrives within the same turn of the event loop.
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

/** A session, logged in if a user is configured. The caller closes it. */
export async function openSmtpSession({ connection: options, auth }: SmtpSessionOptions) {
  const connection = new SMTPConnection(options);
  // Ignore errors that arrive after the last step.
  connection.on('error', () => undefined);
  try {
    await runSmtpStep<void>(connection, (done) => connection.connect(done));
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
  await runSmtpStep<boolean>(connection, (done) => connection.login({ ...auth }, done));
}

const GOODBYE_MS = 1_000;

/** Sends QUIT and waits at most a second for the reply. */
export function closeSmtpSession(connection: SMTPConnection): void {
  connection.quit();
  setTimeout(() => connection.close(), GOODBYE_MS).unref();
}

/** Small, so that nearly everything is sent before the last check. */
const TAIL_BYTES = 2;

/**
 * A stream of the message that calls `mayEnd` before its last bytes, after all others were read. If
 * `mayEnd` throws, the stream fails without an end.
 */
export class HeldBackStream extends Readable {
  readonly #head: Uint8Array;
  readonly #tail: Uint8Array;
  readonly #mayEnd: () => Promise<void>;
  #begun = false;
  #stopped = false;
  #released = false;
  #asking: Promise<void> | undefined;
  #problem: { readonly error: unknown } | undefined;

  constructor(message: Uint8Array, mayEnd: () => Promise<void>) {
    // No read-ahead: a second read means that the first piece was consumed.
    super({ highWaterMark: 1 });
    const cut = Math.max(message.byteLength - TAIL_BYTES, 0);
    this.#head = message.subarray(0, cut);
    this.#tail = message.subarray(cut);
    this.#mayEnd = mayEnd;
  }

  /**
   * True once the end was released. Before that no server may have accepted the message (RFC 5321,
   * 4.1.1.4). Afterwards only its reply settles the outcome.
   */
  get released(): boolean {
    return this.#released;
  }

  /** What `mayEnd` threw. */
  get problem(): { readonly error: unknown } | undefined {
    return this.#problem;
  }

  /** Keeps the end from being released, and resolves when no call of `mayEnd` is pending. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#asking;
  }

  override _read(): void {
    if (!this.#begun && this.#head.byteLength > 0) this.push(this.#head);
    else this.#asking ??= this.#ask();
    this.#begun = true;
  }

  async #ask(): Promise<void> {
    try {
      await this.#mayEnd();
    } catch (error) {
      this.#problem = { error };
    }
    if (this.#stopped) return;
    if (this.#problem === undefined) {
      this.#released = true;
      this.push(this.#tail);
      this.push(null);
      // Use a new error, because nodemailer adds its own code to the error of a stream.
    } else this.destroy(new Error('the message may not be finished'));
  }
}

export interface SmtpSettings {
  readonly url: Secret;
  readonly requireTls?: boolean;
  /** The absolute path of a PEM file. */
  readonly ca?: string;
  readonly timeoutMs: number;
}

/** Options of nodemailer's SMTPConnection. */
export interface SmtpConnection {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** Disconnects from a server that does not offer STARTTLS. */
  readonly requireTLS: boolean;
  readonly tls: { readonly ca?: string };
  readonly connectionTimeout: number;
  readonly greetingTimeout: number;
  readonly socketTimeout: number;
  readonly dnsTimeout: number;
}

export interface SmtpAccess {
  readonly connection: SmtpConnection;
  readonly auth?: { readonly user: string; readonly pass: string };
}

const PORTS: Readonly<Record<string, number>> = { 'smtp:': 587, 'smtps:': 465 };
const LOCAL = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);

/**
 * Reads the address and the certificate authorities.
 * @throws {Failure} `config` for an invalid address, `file-unreadable` for the authorities. Neither
 * quotes the address.
 */
export async function readSmtpAccess(place: SmtpSettings): Promise<SmtpAccess> {
  const url = smtpUrl(place.url);
  const secure = url.protocol === 'smtps:';
  const auth = readAuth(url, place.url.origin);
  const host = url.hostname;
  return {
    connection: {
      host: host.replace(/^\[|\]$/g, ''),
      port: url.port === '' ? (PORTS[url.protocol] ?? 587) : Number(url.port),
      secure,
      requireTLS: !secure && (place.requireTls ?? (auth !== undefined && !LOCAL.has(host))),
      tls: place.ca === undefined ? {} : { ca: await readAuthorities(place.ca) },
      connectionTimeout: place.timeoutMs,
      greetingTimeout: place.timeoutMs,
      socketTimeout: place.timeoutMs,
      dnsTimeout: place.timeoutMs,
    },
    ...(auth === undefined ? {} : { auth }),
  };
}

function smtpUrl(secret: Secret): URL {
  const url = URL.parse(secret.reveal());
  const isSmtp = url !== null && url.protocol in PORTS && url.hostname !== '';
  if (isSmtp && url.search === '' && /^\/?$/.test(url.pathname)) return url;
  throw new Failure('config', `invalid mail server address in ${secret.origin}`, {
    where: 'smtp.url',
    expected: 'smtps://user:password@host:465 or smtp://user:password@host:587, without a path',
    hint: 'percent-encode special characters (@ is %40); put options into the section smtp',
  });
}

function readAuth(url: URL, origin: string): SmtpAccess['auth'] {
  if (url.username === '' && url.password === '') return undefined;
  try {
    return { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) };
  } catch {
    // The error would quote the password.
    throw new Failure('config', `the user or password in ${origin} is not percent-encoded`, {
      where: 'smtp.url',
      expected: 'a lone % written as %25',
    });
  }
}

async function readAuthorities(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new Failure('file-unreadable', `cannot read the certificate authorities in ${path}`, {
      where: 'smtp.ca',
      expected: 'a PEM file that this user can read',
      cause,
    });
  }
}
