/** Security headers: nothing from other origins, no caching, no embedding in frames. */

export type HeaderSet = Readonly<Record<string, string>>;

const ALWAYS = {
  'x-content-type-options': 'nosniff',
  // A stricter policy makes browsers send `Origin: null` with forms, which authentication rejects.
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'cache-control': 'no-store',
} as const;

const NOTHING_ELSE = ["default-src 'none'", "base-uri 'none'", "object-src 'none'"];

/** Pages load style sheets, scripts, fonts and framed reports from this server only. */
export const PAGE_HEADERS: HeaderSet = {
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

/** Frozen files may contain foreign text, so they run no scripts and have an opaque origin. */
export const FROZEN_HEADERS: HeaderSet = {
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

/** Frozen files with a signed URL. Requests of a sandboxed page count as cross-origin. */
export const SIGNED_URL_HEADERS: HeaderSet = {
  ...FROZEN_HEADERS,
  'cross-origin-resource-policy': 'cross-origin',
};

/** Bull Board creates its styles at run time, so inline styles are allowed. */
export const BOARD_HEADERS: HeaderSet = {
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

/** Files whose URL changes with their content, so browsers may cache them for a year. */
export const ASSET_HEADERS: HeaderSet = {
  ...PAGE_HEADERS,
  'cache-control': 'public, max-age=31536000, immutable',
};
