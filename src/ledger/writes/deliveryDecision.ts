/** Records a person's decision on a delivery, and sent notifications. */

import {
  type Delivery,
  type DeliveryState,
  type DeliveryResolution,
  resolvedState,
} from '../../domain/delivery.ts';
import { Failure } from '../../domain/failure.ts';
import type { Store } from '../store.ts';
import { changeDelivery, type DeliveryRow, findDeliveryRow } from './deliveryChange.ts';
import { readDelivery } from './deliveryWork.ts';

/** See `Post.resolveDelivery`. Call it inside a transaction. */
export function resolveDelivery(
  store: Store,
  id: string,
  { word, nowMs }: { word: DeliveryResolution; nowMs: number },
): Delivery {
  const row = findDeliveryRow(store, id);
  if (row === undefined) throw unknownDelivery(id);
  const to = resolvedState(row.state as DeliveryState, word.as);
  if (to === undefined) throw notApplicable(row, word);
  const detail = `${word.as}: ${word.note}`;
  const eventRef = changeDelivery(store, row, {
    to,
    nowMs,
    actor: word.by,
    detail,
    // A new token ends the claim of an earlier worker. The delays start again.
    columns: {
      token: row.token + 1,
      deferrals: 0,
      deferredSinceMs: null,
      reply: detail,
      code: null,
      ...(to === 'sent' ? { sentAtMs: nowMs } : {}),
    },
  });
  // The person who decided needs no notification.
  markNotified(store, [eventRef], nowMs);
  return readDelivery(store, id);
}

export function markNotified({ db }: Store, refs: readonly number[], nowMs: number): void {
  const insert = db.prepare('INSERT OR IGNORE INTO delivery_notice VALUES (?, ?)');
  for (const ref of refs) insert.run(ref, nowMs);
}

function unknownDelivery(id: string): Failure {
  return new Failure('no-data', `unknown delivery ${id}`, {
    expected: 'a delivery like 2026-Q3.1-2',
    hint: 'look for it: rentcheck sql "SELECT delivery_id, status FROM delivery_history"',
  });
}

const EXPECTED: Readonly<Record<DeliveryResolution['as'], string>> = {
  sent: 'a delivery that is ambiguous',
  'send-again': 'a delivery that is ambiguous, refused, failed or deferred',
  'give-up': 'a delivery that is ambiguous, refused, deferred or waiting',
};

function notApplicable({ deliveryId, state }: DeliveryRow, { as }: DeliveryResolution): Failure {
  const busy = state === 'claimed' || state === 'handing';
  return new Failure('usage', `delivery ${deliveryId} is ${state}, so "${as}" cannot be applied`, {
    expected: EXPECTED[as],
    hint: busy
      ? 'a worker is sending it now; when that is done or its lease has expired, run: ' +
        'rentcheck send'
      : 'no action is needed',
  });
}
