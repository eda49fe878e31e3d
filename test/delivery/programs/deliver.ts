/** A worker for tests that kill it: only the ledger, the mail channel and the delivery job. */

import { smtpChannel } from '../../../src/delivery/channels/smtp.ts';
import { composeMessage } from '../../../src/delivery/eml.ts';
import type { DeliveryAddress } from '../../../src/domain/delivery.ts';
import { handDelivery } from '../../../src/jobs/handOver.ts';
import { openLedger } from '../../../src/ledger/open.ts';
import type { DeliveryStore } from '../../../src/ledger/deliveries.ts';
import type { KillableWorkerOptions } from '../killableWorker.ts';

const options: KillableWorkerOptions = JSON.parse(process.argv[2] ?? '');
const { epochMs, speed, dies } = options;

/** A clock that runs faster, the same in every process. */
const clock = { nowMs: () => epochMs + (Date.now() - epochMs) * speed };

const ledger = await openLedger(options.ledger, { clock, busyTimeoutMs: 30_000 });
const deliveries: DeliveryStore =
  dies === undefined ? ledger.deliveries : mortal(ledger.deliveries, dies);

/** Ends the process right before or right after a call of the ledger. */
function mortal(
  immortal: DeliveryStore,
  { at, call }: NonNullable<KillableWorkerOptions['dies']>,
): DeliveryStore {
  const die = () => process.kill(process.pid, 'SIGKILL');
  return new Proxy(immortal, {
    get(target, name, receiver) {
      const method: unknown = Reflect.get(target, name, receiver);
      if (name !== call || typeof method !== 'function') return method;
      return async (...args: unknown[]) => {
        if (at === 'before') die();
        const answer: unknown = await Reflect.apply(method, target, args);
        if (at === 'after') die();
        return answer;
      };
    },
  });
}

const channel = smtpChannel({
  access: async () => ({
    connection: { host: '127.0.0.1', port: options.port, socketTimeout: 60_000 },
  }),
  sender: 'audit@example.com',
  compose: composeMessage,
});

function outgoingTo({ recipient }: DeliveryAddress) {
  return {
    letter: { subject: 'Rent check', text: `To ${recipient}\n`, pictures: [], attachments: [] },
    brief: { title: '', headline: '', figures: [], steps: [] },
    files: [],
    from: 'audit@example.com',
    recipient,
    messageId: `<${recipient}>`,
    dateMs: epochMs,
  };
}

const context = {
  deliveries,
  clock,
  worker: `worker ${process.pid}`,
  leaseMs: options.leaseMs,
  channel: async () => channel,
};

async function round(): Promise<boolean> {
  await deliveries.expireClaims(clock.nowMs());
  const all = await deliveries.list({ edition: options.edition });
  for (const delivery of all) {
    if (delivery.state !== 'waiting' && delivery.state !== 'deferred') continue;
    await handDelivery(context, delivery, async () => {
      const outgoing = outgoingTo(delivery);
      return { messageId: outgoing.messageId, bytes: await channel.prepare(outgoing) };
    });
  }
  const left = await deliveries.list({ edition: options.edition });
  return left.some(({ nextTryAtMs, leaseUntilMs, state }) => {
    return state === 'waiting' || nextTryAtMs !== undefined || leaseUntilMs !== undefined;
  });
}

// All modules are loaded by now, so that a short life is spent on messages, even on a busy machine.
process.stdout.write('ready\n');
const addresses = options.recipients.map((recipient) => {
  return { channel: 'mail', recipient, role: 'leader' as const };
});
await deliveries.plan(options.edition, addresses, clock.nowMs());
while (await round()) await new Promise((wake) => setTimeout(wake, 10));
await ledger.close();
