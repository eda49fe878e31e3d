/** Turns the address of a mail server into a connection, without exposing the password. */

import { readFile } from 'node:fs/promises';
import { Failure } from '../../domain/failure.ts';
import type { Secret } from '../../platform/secret.ts';

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
