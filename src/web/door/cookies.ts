/** Reads and writes the two cookies: one for the session, one for the CSRF token of forms. */

/** Scripts cannot read them, and browsers do not send them with cross-site requests. */
export type CookieName = 'rentcheck_session' | 'rentcheck_form';

/** The value of a cookie in a `Cookie` header, or `undefined` if it is absent. */
export function readCookie(header: string | undefined, name: CookieName): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const [key, ...value] = part.trim().split('=');
    if (key === name) return value.join('=');
  }
  return undefined;
}

export interface CookieOptions {
  /** 0 deletes the cookie. */
  readonly maxAgeSeconds: number;
  readonly secure: boolean;
}

/** A `Set-Cookie` header. The value may contain only base64url characters and dots. */
export function toCookieHeader(
  name: CookieName,
  value: string,
  { maxAgeSeconds, secure }: CookieOptions,
): string {
  const attributes = `HttpOnly; SameSite=Strict; Path=/${secure ? '; Secure' : ''}`;
  return `${name}=${value}; ${attributes}; Max-Age=${maxAgeSeconds}`;
}
