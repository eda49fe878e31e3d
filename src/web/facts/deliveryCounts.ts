/** Counts the deliveries of an edition by outcome. */

import type { Delivery } from '../../domain/delivery.ts';

export interface DeliveryCounts {
  readonly planned: number;
  readonly sent: number;
  /** Deliveries whose outcome is unknown. A person must decide. */
  readonly ambiguous: number;
  /** Refused or failed deliveries. */
  readonly failed: number;
  /** When the newest delivery was sent. */
  readonly lastSentMs?: number;
}

/** Counts by edition. Editions without recipients are absent. */
export function countDeliveriesByEdition(
  deliveries: readonly Delivery[],
): Map<string, DeliveryCounts> {
  const groups = Map.groupBy(deliveries, ({ edition }) => edition);
  return new Map([...groups].map(([edition, list]) => [edition, count(list)]));
}

function count(list: readonly Delivery[]): DeliveryCounts {
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
