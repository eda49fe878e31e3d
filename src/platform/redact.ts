/** Redacts secrets, in every common encoding, from what is stored, shown or logged. */

import { revealedSecrets } from './secret.ts';

const MARK = '[redacted]';

/** A shorter value is not a secret. Redacting it would damage the text around it. */
const SHORTEST = 4;

/** Names whose value is a secret in a query, a header or JSON. */
const NAMES =
  '(?:(?:api[-_]?)?key|(?:(?:access|auth|refresh)[-_]?)?token|passw(?:or)?d|secret|' +
  '(?:x-amz-)?signature)';
const QUERY = new RegExp(`([?&;]${NAMES}=)[^&#\\s"'<>]+`, 'gi');
const HEADER = /\b(authorization["']?\s*[:=]\s*["']?)(?:(?:bearer|basic|token)\s+)?[^\s"',;]+/gi;
const SCHEME = /\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi;
const USERINFO = /(\b[a-z][a-z0-9+.-]*:\/\/)[^/\s"'@?#]+@/gi;

export interface Redactor {
  /** A message or URL without the known secrets and anything that looks like one. */
  text(text: string): string;
  /** A body without the known secrets. Returns the same bytes if there are none. */
  bytes(body: Uint8Array): Uint8Array;
  /** Whether the body contains a known secret. */
  finds(body: Uint8Array): boolean;
  /** The length in bytes of the longest form of a known secret, or 0. */
  readonly longest: number;
}

/**
 * Redacts the given values as they are, URL-encoded, JSON-escaped and inside base64. In text it
 * also redacts `Authorization` values, parameters like `api_key=` and the user info of URLs, known
 * or not.
 */
export function createRedactor(secrets: readonly string[]): Redactor {
  const forms = spellings(secrets);
  return {
    text: (text) => redactPatterns(forms.reduce((left, form) => left.replaceAll(form, MARK), text)),
    bytes: (body) => redactBytes(body, forms),
    finds: (body) => includesAny(toBuffer(body), forms),
    longest: Math.max(0, ...forms.map((form) => Buffer.byteLength(form))),
  };
}

function redactPatterns(text: string): string {
  return text
    .replace(QUERY, `$1${MARK}`)
    .replace(HEADER, `$1${MARK}`)
    .replace(SCHEME, `$1 ${MARK}`)
    .replace(USERINFO, `$1${MARK}@`);
}

/** Longest first, so that a secret that contains another one is replaced whole. */
function spellings(secrets: readonly string[]): string[] {
  const forms = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < SHORTEST) continue;
    forms.add(secret);
    forms.add(encodeURIComponent(secret));
    forms.add(new URLSearchParams({ s: secret }).toString().slice(2));
    forms.add(JSON.stringify(secret).slice(1, -1));
    for (const inner of base64Parts(secret)) forms.add(inner);
  }
  return [...forms].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
}

/**
 * The part of a base64 text that depends only on the secret, for the three possible alignments. The
 * digits at both ends depend on the neighbors and are left out. Covers `Basic` credentials with any
 * user name.
 */
function base64Parts(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const cores: string[] = [];
  for (let shift = 0; shift < 3; shift += 1) {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const first = Math.ceil((shift * 8) / 6);
    const last = Math.floor(((shift + bytes.length) * 8) / 6);
    const core = text.slice(first, last);
    if (core.length < SHORTEST + 2) continue;
    cores.push(core, core.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return cores;
}

function toBuffer(body: Uint8Array): Buffer {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}

function includesAny(view: Buffer, forms: readonly string[]): boolean {
  return forms.some((form) => view.includes(form));
}

function redactBytes(body: Uint8Array, forms: readonly string[]): Uint8Array {
  const view = toBuffer(body);
  if (!includesAny(view, forms)) return body;
  // Latin-1 maps each byte to one character, so any bytes survive the round trip.
  const found = forms.map((form) => Buffer.from(form).toString('latin1'));
  const text = found.reduce((left, form) => left.replaceAll(form, MARK), view.toString('latin1'));
  return new Uint8Array(Buffer.from(text, 'latin1'));
}

/** Shorter pieces of a path are words, such as `services` in a webhook address. */
const SHORTEST_PIECE = 16;

/** Redacts everything that has been revealed so far. */
export function revealedRedactor(): Redactor {
  let known = -1;
  let redactor = createRedactor([]);
  const current = () => {
    const secrets = revealedSecrets();
    if (secrets.size !== known) {
      known = secrets.size;
      redactor = createRedactor([...secrets].flatMap(withParts));
    }
    return redactor;
  };
  return {
    text: (text) => current().text(text),
    bytes: (body) => current().bytes(body),
    finds: (body) => current().finds(body),
    get longest() {
      return current().longest;
    },
  };
}

/**
 * The secret parts of a secret URL: its password, and pieces of its path as long as a webhook key.
 */
function withParts(secret: string): string[] {
  const url = URL.parse(secret);
  if (url === null) return [secret];
  const password = url.password === '' ? [] : [url.password, plain(url.password)];
  const pieces = `${url.pathname}/${url.search}`.split(/[/?&=]/);
  return [secret, ...password, ...pieces.filter((piece) => piece.length >= SHORTEST_PIECE)];
}

/** The text decoded, or unchanged if it was not encoded. */
function plain(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
