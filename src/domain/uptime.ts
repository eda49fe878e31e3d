/** How charges are rebuilt from uptime where a provider tells no bill. */

import type { PricingClass, Resource } from './charge.ts';
import type { Period } from './period.ts';

/**
 * Statuses of sightings that come from a provider's log of events, and so are exact to the
 * millisecond; samples of a list have the provider's own words.
 */
export const EVENT = {
  started: 'event: started',
  ended: 'event: ended',
  /** An event that only shows that the resource existed then. */
  mentioned: 'event: mentioned',
} as const;

const EVENTS: ReadonlySet<string | undefined> = new Set(Object.values(EVENT));

/** Whether a sighting is from a log of events; a list knows more of a resource. */
export function isLogged(status: string | undefined): boolean {
  return EVENTS.has(status);
}

/** The status of a resource that a whole list no longer has. */
export const GONE = 'gone';

/** A wish of a source: charges of a window, rebuilt from what the ledger has seen by then. */
export interface UptimeRule {
  /** Kind of the rebuilt fetch, e.g. `lambda.uptime`. */
  readonly kind: string;
  /** Kind of the fetches that list the resources: the times at which they were sampled. */
  readonly listing: string;
  readonly of: Resource['kind'];
  /** Widened to whole UTC days. */
  readonly window: Period;
  /** How keys of the charges begin, e.g. `instances/`; `instances/ID/2026-06-01T00:00:00Z`. */
  readonly keyPrefix: string;
  /** Statuses in which nothing is billed; whatever else is listed is billed. */
  readonly idle: readonly string[];
  /** Statuses before the billing begins. */
  readonly starting: readonly string[];
  /** True where what ended never runs again under the same id. */
  readonly oneLife: boolean;
  /** The provider bills whole units of this length, e.g. minutes; one that is begun counts. */
  readonly unitMs: number;
  readonly pricingClass: PricingClass;
  /** Names of resources that are paid for otherwise, with `*`. */
  readonly except: readonly string[];
}
