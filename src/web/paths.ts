/** URL paths of pages that contain an ID or a filter. */

import type { RejectFilter } from './facts/rejects.ts';

/** `/jobs/pull/prom/2026-11-23T0905Z`: everything except slashes is escaped. */
export function jobPath(id: string): string {
  return `/jobs/${id.split('/').map(encodeURIComponent).join('/')}`;
}

/** `/deployments/chat-70b`, or the page of the deployment in an edition. */
export function deploymentPath(id: string, edition?: string): string {
  const own = `/deployments/${encodeURIComponent(id)}`;
  return edition === undefined ? own : `/reports/${encodeURIComponent(edition)}${own}`;
}

/** `/rejects?source=prom`. */
export function rejectsPath(choice: RejectFilter): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(choice)) {
    if (value !== undefined) query.set(name, String(value));
  }
  return query.size === 0 ? '/rejects' : `/rejects?${query.toString()}`;
}
