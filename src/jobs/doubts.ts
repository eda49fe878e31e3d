/** Settles deliveries whose worker is gone: looked up where possible, otherwise reported. */

import type { Channel } from '../delivery/channel.ts';
import { Failure } from '../domain/failure.ts';
import type { JobContext } from './context.ts';

type DoubtContext = Pick<JobContext, 'ledger' | 'clock' | 'channel' | 'worker'>;

/**
 * Lets go of what died with its worker. What is in doubt on a channel that can look is settled by
 * what it finds; the rest stays ambiguous, for a person.
 */
export async function settleDoubts(context: DoubtContext): Promise<void> {
  const { ledger, clock } = context;
  await ledger.lapseDeliveries(clock.nowMs());
  const deliveries = await ledger.deliveries();
  for (const { id, state, channel, recipient } of deliveries) {
    if (state === 'ambiguous') await lookUp(context, { id, channel, recipient });
  }
}

interface Doubt {
  readonly id: string;
  readonly channel: string;
  readonly recipient: string;
}

async function lookUp(context: DoubtContext, { id, channel, recipient }: Doubt): Promise<void> {
  const { ledger, clock, worker } = context;
  const open = await opened(context, channel);
  if (open?.lookUp === undefined) return;
  const message = await ledger.deliveryMessage(id);
  const found = message === undefined ? undefined : await open.lookUp(message, recipient);
  if (found === undefined) return;
  await ledger.settleDoubt(id, found, { worker, nowMs: clock.nowMs() });
}

/** Nothing for one that the config no longer holds: a person decides, as anywhere else. */
async function opened({ channel: open }: DoubtContext, id: string): Promise<Channel | undefined> {
  try {
    return await open(id);
  } catch (error) {
    if (error instanceof Failure && error.code === 'config') return undefined;
    throw error;
  }
}
