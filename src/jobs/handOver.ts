/** Claims one delivery, context it over and records the outcome, even after a failure. */

import type { Channel } from '../delivery/channel.ts';
import type { Delivery, DeliveryClaim, SendResult } from '../domain/delivery.ts';
import { Failure } from '../domain/failure.ts';
import type { DeliveryStore } from '../ledger/deliveries.ts';
import type { Clock } from '../platform/clock.ts';
import type { JobContext, ChannelTools } from './job.ts';

/**
 * How long a claim outlives its worker. After a crash, the next worker takes the delivery within a
 * minute.
 */
export const LEASE_MS = 45_000;
/** Renewals per lease by a running worker, however slow the mail server is. */
const RENEWALS = 4;

export interface HandOverContext {
  readonly deliveries: DeliveryStore;
  readonly clock: Clock;
  /** Name of this process in the ledger. */
  readonly worker: string;
  readonly leaseMs: number;
  readonly channel: (id: string) => Promise<Channel>;
}

/** Makes the message, if none was made before. */
export type Prepare = (
  channel: Channel,
) => Promise<{ readonly messageId: string; readonly bytes: Uint8Array }>;

/** Hands over one delivery if it is free and due; the outcome is recorded in the ledger. */
export async function handDelivery(
  context: HandOverContext,
  delivery: Delivery,
  prepare: Prepare,
): Promise<void> {
  const { deliveries, clock, worker, leaseMs } = context;
  const claimRequest = { worker, nowMs: clock.nowMs(), leaseMs };
  const claim = await deliveries.claim(delivery.id, claimRequest);
  if (claim === undefined) return;
  const renewing = setInterval(() => void renew(context, claim), leaseMs / RENEWALS);
  try {
    const handed = await tryHanding(context, { delivery, claim, prepare });
    await deliveries.settle(claim, handed, clock.nowMs());
  } catch (error) {
    // Another worker has the delivery by now, or a person decided: this process handed over
    // nothing.
    if (error instanceof Failure && error.code === 'lost-claim') return;
    throw error;
  } finally {
    clearInterval(renewing);
  }
}

/** A failed renewal is ignored: the next one may succeed, otherwise the lease expires. */
async function renew(
  { deliveries, clock, leaseMs }: HandOverContext,
  claim: DeliveryClaim,
): Promise<void> {
  try {
    await deliveries.renewClaim(claim, { nowMs: clock.nowMs(), leaseMs });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
}

interface Work {
  readonly delivery: Delivery;
  readonly claim: DeliveryClaim;
  readonly prepare: Prepare;
}

async function tryHanding(context: HandOverContext, work: Work): Promise<SendResult> {
  let begun = false;
  try {
    return await handing(context, work, () => {
      begun = true;
    });
  } catch (error) {
    if (!(error instanceof Failure) || error.code === 'lost-claim') throw error;
    const reply = `${error.message}; ${error.hint}`;
    return begun ? { kind: 'ambiguous', reason: reply } : { kind: 'deferred', reply };
  }
}

async function handing(
  { deliveries, clock, leaseMs, channel: open }: HandOverContext,
  { delivery, claim, prepare }: Work,
  begin: () => void,
): Promise<SendResult> {
  const channel = await open(delivery.channel);
  const message = await preparedMessage(deliveries, claim, () => prepare(channel));
  return channel.send(message, {
    recipient: delivery.recipient,
    beforeSend: async () => {
      await deliveries.startSending(claim, { nowMs: clock.nowMs(), leaseMs });
      begin();
    },
  });
}

/** Made only once: a later attempt, by any worker and version, sends the same bytes. */
async function preparedMessage(
  deliveries: DeliveryStore,
  claim: DeliveryClaim,
  make: () => Promise<{ messageId: string; bytes: Uint8Array }>,
): Promise<Uint8Array> {
  const kept = await deliveries.message(claim.delivery);
  return kept ?? deliveries.prepare(claim, await make());
}

type LookUpContext = Pick<JobContext, 'ledger' | 'clock'> & {
  readonly channels: Pick<ChannelTools, 'open' | 'worker'>;
};

/**
 * Releases deliveries whose worker died. An ambiguous one is settled if its channel can look the
 * message up. The others stay ambiguous for a person to decide.
 */
export async function settleAmbiguousDeliveries(context: LookUpContext): Promise<void> {
  const { ledger, clock } = context;
  await ledger.deliveries.expireClaims(clock.nowMs());
  const deliveries = await ledger.deliveries.list();
  for (const { id, state, channel, recipient } of deliveries) {
    if (state === 'ambiguous') await lookUp(context, { id, channel, recipient });
  }
}

interface AmbiguousDelivery {
  readonly id: string;
  readonly channel: string;
  readonly recipient: string;
}

async function lookUp(
  context: LookUpContext,
  { id, channel, recipient }: AmbiguousDelivery,
): Promise<void> {
  const { ledger, clock, channels } = context;
  const open = await openIfConfigured(context, channel);
  if (open?.lookUp === undefined) return;
  const message = await ledger.deliveries.message(id);
  const found = message === undefined ? undefined : await open.lookUp(message, recipient);
  if (found === undefined) return;
  await ledger.deliveries.settleAmbiguous(id, found, {
    worker: channels.worker,
    nowMs: clock.nowMs(),
  });
}

/** Returns nothing for a channel that the config no longer has; a person then decides. */
async function openIfConfigured(
  { channels }: LookUpContext,
  id: string,
): Promise<Channel | undefined> {
  try {
    return await channels.open(id);
  } catch (error) {
    if (error instanceof Failure && error.code === 'config') return undefined;
    throw error;
  }
}
