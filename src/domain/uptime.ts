/** Rules to rebuild charges from uptime for providers without a bill. */

import type { PricingClass, Resource } from './charge.ts';
import type { NanoUsd } from './money.ts';
import type { Period } from './period.ts';

/**
 * Statuses of sightings from a provider's event log, which are exact to the millisecond. Samples of
 * a list have the provider's own statuses.
 */
export const UPTIME_EVENT = {
  started: 'event: started',
  ended: 'event: ended',
  /** An event that shows only that the resource existed. */
  mentioned: 'event: mentioned',
} as const;

const EVENTS: ReadonlySet<string | undefined> = new Set(Object.values(UPTIME_EVENT));

/** Whether a sighting comes from an event log. A list has more detail about a resource. */
export function isEventStatus(status: string | undefined): boolean {
  return EVENTS.has(status);
}

/** The status of a resource that a complete list no longer contains. */
export const GONE_STATUS = 'gone';

/** Resource kinds whose compute is billed while they exist. */
export type MachineKind = Extract<Resource['kind'], 'pod' | 'instance' | 'cluster'>;

/**
 * Meaning of a provider's inventory statuses, ignoring case. A status in none of the lists has no
 * meaning.
 */
export interface MachineStates {
  /** Statuses with billed compute. */
  readonly billed: readonly string[];
  /** Statuses after billing has ended: stopped or terminated. */
  readonly idle: readonly string[];
  /** Statuses before billing starts. */
  readonly starting: readonly string[];
  /** Whether charges name the resource by id, so one without a charge is missing from the bill. */
  readonly isOnBill: boolean;
}

/** Without kinds that a provider's inventory does not list. */
export type StatesByKind = { readonly [Kind in MachineKind]?: MachineStates };

/** The meaning of a status: `billed`, `idle`, or neither. */
export interface BillingStatus {
  readonly kind: MachineKind;
  /** In lower case. */
  readonly status: string;
  readonly says: 'billed' | 'idle';
}

/** All statuses of a source with their meaning, including those of event logs. */
export function listBillingStatuses(states: StatesByKind): BillingStatus[] {
  return (Object.keys(states) as MachineKind[]).flatMap((kind) => {
    const { billed = [], idle = [], starting = [] } = states[kind] ?? {};
    const word = (status: string, says: BillingStatus['says']) => {
      return { kind, status: status.toLowerCase(), says };
    };
    return [
      ...[...billed, UPTIME_EVENT.started].map((status) => word(status, 'billed')),
      ...[...idle, ...starting, UPTIME_EVENT.ended, GONE_STATUS].map((status) =>
        word(status, 'idle'),
      ),
    ];
  });
}

/** A source's request to rebuild the charges of a period from the ledger's sightings. */
export interface UptimeRule {
  /** Kind of the rebuilt fetch, e.g. `lambda.uptime`. */
  readonly kind: string;
  /** Kind of the fetches that list the resources, which give the sample times. */
  readonly listing: string;
  readonly of: Resource['kind'];
  /** Widened to whole UTC days. */
  readonly window: Period;
  /** Prefix of the charge keys, e.g. `instances/` in `instances/ID/2026-06-01T00:00:00Z`. */
  readonly keyPrefix: string;
  /** Statuses without billing. All other listed statuses are billed. */
  readonly idle: readonly string[];
  /** Statuses before billing starts. */
  readonly starting: readonly string[];
  /** True if a resource that ended never runs again under the same id. */
  readonly oneLife: boolean;
  /** Billing unit of the provider, e.g. minutes; a started unit counts. */
  readonly unitMs: number;
  readonly pricingClass: PricingClass;
  /** Names of resources that are paid for otherwise, with `*` as a glob. */
  readonly except: readonly string[];
  /**
   * Set if a bill may cover part of it: each of these periods, e.g. months, is billed from its
   * start to the end of its last known charge with this key prefix, and is not rebuilt.
   */
  readonly unlessBilled?: { readonly keyPrefix: string; readonly periods: readonly Period[] };
  /**
   * Set if a sampled price is the minimum cost of a resource: by id, the maximum cost per hour as
   * configured now. A resource listed with a GPU type but without a GPU count then has a minimum
   * cost of 0.
   */
  readonly most?: ReadonlyMap<string, NanoUsd>;
  /** What to do for resources without a price, e.g. `import their charges from the invoice`. */
  readonly fix?: string;
}
