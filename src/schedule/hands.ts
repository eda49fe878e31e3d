/** A worker without a ledger: it fetches and renders for the leader. */

import { Worker } from 'bullmq';
import { Failure, serializeError } from '../domain/failure.ts';
import { type Log, logScope } from '../platform/log.ts';
import { finishesWithin } from '../platform/clock.ts';
import { type Errand, HANDS, mailboxKeys } from './errands.ts';
import { type Mailbox, mailboxAt } from './mailbox.ts';
import { connectRedis, type RedisLocation, queueOptions } from './redis.ts';

/** What hands can do: told a payload, they tell values. */
export type Deeds = Readonly<Record<string, (payload: unknown) => AsyncIterable<unknown>>>;

export interface HandsWish {
  readonly place: RedisLocation;
  readonly deeds: Deeds;
  readonly log: Log;
  /** Errands at the same time. */
  readonly atOnce: number;
  /** How long errands at hand may take to end once the worker is to stop. */
  readonly graceMs: number;
}

export interface Hands {
  /** Takes no further errand, ends those at hand, then lets go. */
  close(): Promise<void>;
}

/** How often it is said that work goes on; whoever waits gives up after several times this. */
const SIGN_OF_LIFE_MS = 5_000;

export function lendHands(wish: HandsWish): Hands {
  const { place, log, atOnce, graceMs } = wish;
  const redis = connectRedis(place);
  redis.on('error', (error: Error) => log.warn('hands', { problem: error.message }));
  const worker = new Worker<Errand>(
    HANDS,
    (queued) => {
      const { id, run } = queued.data;
      const keys = mailboxKeys(place, id);
      const mail = {
        payload: mailboxAt(redis, keys.payload),
        answer: mailboxAt(redis, keys.answer),
      };
      return logScope({ run, errand: queued.name }, () => doErrand(queued.name, mail, wish));
    },
    // Whoever sent the errand hears that its worker fell silent, and sends another one.
    { ...queueOptions(place), concurrency: atOnce, maxStalledCount: 0 },
  );
  worker.on('error', (error) => log.warn('hands', { problem: error.message }));
  return {
    async close() {
      // Whoever waits for an errand that is left hears no more of it, and sends another one.
      await finishesWithin(graceMs, worker.close());
      redis.disconnect();
    },
  };
}

interface Mail {
  readonly payload: Mailbox;
  readonly answer: Mailbox;
}

async function doErrand(name: string, { payload, answer }: Mail, wish: HandsWish): Promise<void> {
  const sign = () =>
    answer.say({ kind: 'alive' }).catch((error: Error) => {
      wish.log.warn('could not send a heartbeat', { problem: error.message });
    });
  await sign();
  const signs = setInterval(() => void sign(), SIGN_OF_LIFE_MS);
  try {
    const word = await payload.hear(0);
    if (word?.kind !== 'value')
      throw new Failure('unavailable', 'the task was canceled by the worker that requested it');
    for await (const value of deedNamed(wish.deeds, name)(word.value)) {
      await answer.say({ kind: 'value', value });
    }
    // Whoever hears the end forgets the mailbox; a sign after it would be a new one.
    clearInterval(signs);
    await answer.say({ kind: 'done' });
    wish.log.info('task done');
  } catch (error) {
    wish.log.warn('task failed', { problem: error instanceof Error ? error.message : undefined });
    clearInterval(signs);
    await answer.say({ kind: 'failed', value: serializeError(error) });
  } finally {
    clearInterval(signs);
  }
}

function deedNamed(deeds: Deeds, name: string): Deeds[string] {
  const deed = Object.hasOwn(deeds, name) ? deeds[name] : undefined;
  if (deed !== undefined) return deed;
  throw new Failure('config', `unknown task "${name}" on this worker`, {
    hint: 'run the same version of rentcheck with the same rentcheck.yaml on all workers',
  });
}
