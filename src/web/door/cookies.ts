/** The two cookies: one for the session, one for the forms of a browser. */

/** Both are kept from scripts and from requests that another site starts. */
export type CookieName = 'rentcheck_session' | 'rentcheck_form';

/** What a browser sent under a name; `undefined` where it sent nothing. */
export function cookieIn(header: string | undefined, name: CookieName): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const [key, ...value] = part.trim().split('=');
    if (key === name) return value.join('=');
  }
  return undefined;
}

export interface CookieLife {
  /** 0 takes it away. */
  readonly maxAgeSeconds: number;
  readonly secure: boolean;
}

/** A `Set-Cookie` header; the value holds letters of base64url and dots alone. */
export function cookieHeader(
  name: CookieName,
  value: string,
  { maxAgeSeconds, secure }: CookieLife,
): string {
  const guard = `HttpOnly; SameSite=Strict; Path=/${secure ? '; Secure' : ''}`;
  return `${name}=${value}; ${guard}; Max-Age=${maxAgeSeconds}`;
}
