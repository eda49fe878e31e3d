/** How a provider's base URL is taken from options and how paths are put behind it. */

import { z } from 'zod';

/** An `http` or `https` URL as text; `.default()` it with the provider's own. */
export const baseUrlSchema = z.url({
  protocol: /^https?$/,
  error: 'expected an http:// or https:// URL',
});

/** A parameter with several values is repeated: `group_by=model&group_by=day`. */
export type Query = Readonly<Record<string, string | readonly string[]>>;

/**
 * A URL behind a base that may have a path of its own: segments are escaped one by one, so that no
 * segment can climb out or add a query. `urlAt('https://h/api/v1', ['models', 'a/b'])` asks for
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
 * `.` and `..` mean a move even when percent-encoded; no resource has such a name. A colon is
 * plain.
 */
function escapeSegment(segment: string): string {
  const escaped = encodeURIComponent(segment).replaceAll('%3A', ':');
  return /^\.+$/.test(segment) ? `${escaped}%20` : escaped;
}
