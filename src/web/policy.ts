/** Security headers of the pages: nothing from other origins, no cache, no frames. */

export type Headers = Readonly<Record<string, string>>;

const ALWAYS = {
  'x-content-type-options': 'nosniff',
  // Not less: without a referrer a browser hides where a form comes from, and we look at that.
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'cache-control': 'no-store',
} as const;

const NOTHING_ELSE = ["default-src 'none'", "base-uri 'none'", "object-src 'none'"];

/** Our own pages: our style sheet, our script and our font, and a report in a frame. */
export const PAGE_HEADERS: Headers = {
  ...ALWAYS,
  'x-frame-options': 'DENY',
  'content-security-policy': [
    ...NOTHING_ELSE,
    "style-src 'self'",
    "script-src 'self'",
    "font-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "frame-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; '),
};

/** Frozen files may hold what others wrote: they run nothing and belong to nobody. */
export const FROZEN_HEADERS: Headers = {
  ...ALWAYS,
  'x-frame-options': 'SAMEORIGIN',
  'content-security-policy': [
    'sandbox allow-popups',
    "default-src 'none'",
    "img-src 'self' data:",
    "style-src 'unsafe-inline'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
  ].join('; '),
};

/** The same behind a pass: pictures of a page in a sandbox are asked for by nobody. */
export const SEALED_HEADERS: Headers = {
  ...FROZEN_HEADERS,
  'cross-origin-resource-policy': 'cross-origin',
};

/** The job board is a program of others: its styles are made as it runs, its scripts are files. */
export const BOARD_HEADERS: Headers = {
  ...ALWAYS,
  'x-frame-options': 'DENY',
  'content-security-policy': [
    "default-src 'none'",
    "base-uri 'self'",
    "style-src 'self' 'unsafe-inline'",
    "script-src 'self'",
    "font-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
};

/** Files under a name that changes with their content. */
export const ASSET_HEADERS: Headers = {
  ...PAGE_HEADERS,
  'cache-control': 'public, max-age=31536000, immutable',
};
