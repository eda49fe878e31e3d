/** The base URL of a provider, and the paths below it. */

import { z } from 'zod';

/** An `http` or `https` URL as text. Add the provider's own with `.default()`. */
export const baseUrlSchema = z.url({
  protocol: /^https?$/,
  error: 'expected an http:// or https:// URL',
  // Checks of one kind of source parse the URL again.
  abort: true,
});

/** A parameter with several values is repeated: `group_by=model&group_by=day`. */
export type Query = Readonly<Record<string, string | readonly string[]>>;

/**
 * A URL below a base, which may have a path itself. Segments are escaped one by one, so none can
 * leave the base or add a query. `urlAt('https://h/api/v1', ['models', 'a/b'])` is
 * `https://h/api/v1/models/a%2Fb`.
 */
export function urlAt(base: string, segments: readonly string[], query: Query = {}): URL {
  const url = new URL(base);
  const root = url.pathname.replace(/\/+$/, '');
  url.pathname = `${root}/${segments.map(escapeSegment).join('/')}`;
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  );
  url.search = new URLSearchParams(pairs).toString();
  url.hash = '';
  return url;
}

/**
 * `.` and `..` change the path even when percent-encoded, and no resource has such a name. A colon
 * stays unescaped.
 */
function escapeSegment(segment: string): string {
  const escaped = encodeURIComponent(segment).replaceAll('%3A', ':');
  return /^\.+$/.test(segment) ? `${escaped}%20` : escaped;
}
