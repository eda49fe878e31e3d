/**
 * Settles deliveries whose worker is gone: looked up if the channel can, otherwise left to a
 * person.
 */

import type { Channel } from '../delivery/channel.ts';
import { Failure } from '../domain/failure.ts';
import type { JobContext } from './context.ts';

type LookUpContext = Pick<JobContext, 'ledger' | 'clock' | 'channel' | 'worker'>;

/**
 * Releases deliveries whose worker died. An ambiguous one is settled if its channel can look the
 * message up. The others stay ambiguous for a person to decide.
 */
export async function settleAmbiguousDeliveries(context: LookUpContext): Promise<void> {
  const { ledger, clock } = context;
  await ledger.expireClaims(clock.nowMs());
  const deliveries = await ledger.deliveries();
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
  const { ledger, clock, worker } = context;
  const open = await openIfConfigured(context, channel);
  if (open?.lookUp === undefined) return;
  const message = await ledger.deliveryMessage(id);
  const found = message === undefined ? undefined : await open.lookUp(message, recipient);
  if (found === undefined) return;
  await ledger.settleAmbiguous(id, found, { worker, nowMs: clock.nowMs() });
}

/** Returns nothing for a channel that the config no longer has; a person then decides. */
async function openIfConfigured(
  { channel: open }: LookUpContext,
  id: string,
): Promise<Channel | undefined> {
  try {
    return await open(id);
  } catch (error) {
    if (error instanceof Failure && error.code === 'config') return undefined;
    throw error;
  }
}
