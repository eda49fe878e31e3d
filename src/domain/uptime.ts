/** How charges are rebuilt from uptime where a provider tells no bill. */

import type { PricingClass, Resource } from './charge.ts';
import type { NanoUsd } from './money.ts';
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

/** The kinds of resources whose compute is billed while they are there. */
export type MachineKind = Extract<Resource['kind'], 'pod' | 'instance' | 'cluster'>;

/**
 * What the words of a provider's inventory say of a machine, whatever their case; a word that is
 * in none of the lists says nothing.
 */
export interface MachineStates {
  /** Its compute is billed. */
  readonly billed: readonly string[];
  /** Its compute is billed no more: stopped, or ended. */
  readonly idle: readonly string[];
  /** Its compute is not billed yet. */
  readonly starting: readonly string[];
  /** Whether charges tell it by its id, so that one without a charge is missing on the bill. */
  readonly isOnBill: boolean;
}

/** Kinds that a provider's inventory does not tell are left out. */
export type StatesByKind = { readonly [Kind in MachineKind]?: MachineStates };

/** What a sighting says: `billed`, `idle`, or nothing. */
export interface StateWord {
  readonly kind: MachineKind;
  /** In lower case. */
  readonly status: string;
  readonly says: 'billed' | 'idle';
}

/** All words of a source, those of our own sightings among them. */
export function stateWords(states: StatesByKind): StateWord[] {
  return (Object.keys(states) as MachineKind[]).flatMap((kind) => {
    const { billed = [], idle = [], starting = [] } = states[kind] ?? {};
    const word = (status: string, says: StateWord['says']) => {
      return { kind, status: status.toLowerCase(), says };
    };
    return [
      ...[...billed, EVENT.started].map((status) => word(status, 'billed')),
      ...[...idle, ...starting, EVENT.ended, GONE].map((status) => word(status, 'idle')),
    ];
  });
}

/** A source's request to rebuild the charges of a period from what the ledger has seen by then. */
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
  /**
   * Set where a bill may tell some of it after all: each of these periods, e.g. months, is billed
   * from its start to the end of its last known charge whose key begins so, and is not rebuilt.
   */
  readonly unlessBilled?: { readonly keyPrefix: string; readonly periods: readonly Period[] };
  /**
   * Set where a sampled price is the least that a resource costs: by id the most that an hour of it
   * costs, as it is configured now. One that was listed with its GPU type and without a number of
   * GPUs then costs nothing at least.
   */
  readonly most?: ReadonlyMap<string, NanoUsd>;
  /** What to do for what has no price, e.g. `import their charges from the invoice`. */
  readonly fix?: string;
}
