/** Counts the deliveries of an edition by how they ended. */

import type { Delivery } from '../../domain/delivery.ts';

export interface Delivered {
  readonly planned: number;
  readonly sent: number;
  /** Nobody knows whether these arrived: a person must decide. */
  readonly ambiguous: number;
  /** Turned away or given up. */
  readonly failed: number;
  /** When the newest of the sent ones was. */
  readonly lastSentMs?: number;
}

/** By edition; editions that nobody was to get are absent. */
export function deliveredByEdition(deliveries: readonly Delivery[]): Map<string, Delivered> {
  const groups = Map.groupBy(deliveries, ({ edition }) => edition);
  return new Map([...groups].map(([edition, list]) => [edition, count(list)]));
}

function count(list: readonly Delivery[]): Delivered {
  const inState = (...states: readonly Delivery['state'][]) =>
    list.filter(({ state }) => states.includes(state)).length;
  const sentAt = list.flatMap(({ sentAtMs }) => (sentAtMs === undefined ? [] : [sentAtMs]));
  return {
    planned: list.length,
    sent: inState('sent'),
    ambiguous: inState('ambiguous'),
    failed: inState('refused', 'failed'),
    ...(sentAt.length === 0 ? {} : { lastSentMs: Math.max(...sentAt) }),
  };
}
