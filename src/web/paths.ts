/** Knows how addresses of pages are spelled where an id is part of them. */

/** `/jobs/pull/prom/2026-11-23T0905Z`: slashes stay, all else is escaped. */
export function jobPath(id: string): string {
  return `/jobs/${id.split('/').map(encodeURIComponent).join('/')}`;
}
