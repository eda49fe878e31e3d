/** How secrets are taken out of what is kept, shown or logged, however they are spelled. */

const MARK = '[redacted]';

/** A shorter value is no secret, and taking it out would eat the text around it. */
const SHORTEST = 4;

/** Names whose value is a secret wherever they stand in a query, a header or a JSON text. */
const NAMES =
  '(?:(?:api[-_]?)?key|(?:(?:access|auth|refresh)[-_]?)?token|passw(?:or)?d|secret|' +
  '(?:x-amz-)?signature)';
const QUERY = new RegExp(`([?&;]${NAMES}=)[^&#\\s"'<>]+`, 'gi');
const HEADER = /\b(authorization["']?\s*[:=]\s*["']?)(?:(?:bearer|basic|token)\s+)?[^\s"',;]+/gi;
const SCHEME = /\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi;
const USERINFO = /(\b[a-z][a-z0-9+.-]*:\/\/)[^/\s"'@?#]+@/gi;

export interface Redactor {
  /** A message or a URL without the known secrets and without anything that looks like one. */
  text(text: string): string;
  /** A body without the known secrets; the very same bytes where there are none. */
  bytes(body: Uint8Array): Uint8Array;
  /** Whether the known secrets are in there. */
  finds(body: Uint8Array): boolean;
  /** How many bytes the longest spelling of a known secret has; 0 where none is known. */
  readonly longest: number;
}

/**
 * Takes out the given values as they are, URL-encoded, JSON-escaped and inside any base64; from
 * texts also `Authorization` values, `api_key=` style parameters and the user info of URLs, known
 * or not.
 */
export function createRedactor(secrets: readonly string[]): Redactor {
  const forms = spellings(secrets);
  return {
    text: (text) =>
      withoutPatterns(forms.reduce((left, form) => left.replaceAll(form, MARK), text)),
    bytes: (body) => withoutForms(body, forms),
    finds: (body) => holdsAny(viewOf(body), forms),
    longest: Math.max(0, ...forms.map((form) => Buffer.byteLength(form))),
  };
}

function withoutPatterns(text: string): string {
  return text
    .replace(QUERY, `$1${MARK}`)
    .replace(HEADER, `$1${MARK}`)
    .replace(SCHEME, `$1 ${MARK}`)
    .replace(USERINFO, `$1${MARK}@`);
}

/** Longest first, so that a secret which holds another one is not left in pieces. */
function spellings(secrets: readonly string[]): string[] {
  const forms = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < SHORTEST) continue;
    forms.add(secret);
    forms.add(encodeURIComponent(secret));
    forms.add(new URLSearchParams({ s: secret }).toString().slice(2));
    forms.add(JSON.stringify(secret).slice(1, -1));
    for (const inner of base64Cores(secret)) forms.add(inner);
  }
  return [...forms].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
}

/**
 * What a base64 text holds of the secret whatever stands before it: three alignments, without the
 * digits at either end that depend on the neighbors. Covers `Basic` credentials with any user name.
 */
function base64Cores(secret: string): string[] {
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

function viewOf(body: Uint8Array): Buffer {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}

function holdsAny(view: Buffer, forms: readonly string[]): boolean {
  return forms.some((form) => view.includes(form));
}

function withoutForms(body: Uint8Array, forms: readonly string[]): Uint8Array {
  const view = viewOf(body);
  if (!holdsAny(view, forms)) return body;
  // One byte, one character: any bytes survive the way to text and back.
  const found = forms.map((form) => Buffer.from(form).toString('latin1'));
  const text = found.reduce((left, form) => left.replaceAll(form, MARK), view.toString('latin1'));
  return new Uint8Array(Buffer.from(text, 'latin1'));
}
