/** The contract of a channel: tests that every kind of delivery channel must pass. */

import { afterEach, describe, expect, test } from 'vitest';
import type { Channel } from '../../src/delivery/channel.ts';
import { hostileOutgoing, makeOutgoing } from '../support/outgoing.ts';

/**
 * How the receiving end behaves: accepts the message, is unreachable, asks to retry later, refuses,
 * accepts without an answer, or rejects our credentials.
 */
export type ReceiverBehavior = 'healthy' | 'gone' | 'busy' | 'refusing' | 'mute' | 'locked';

export interface OpenChannel {
  readonly channel: Channel;
  readonly recipient: string;
  /** The messages received so far, as text. */
  readonly received: () => Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface ChannelSubject {
  readonly kind: string;
  /** The behaviors that this channel's receiver can show. */
  readonly behaviors: readonly ReceiverBehavior[];
  open(mood: ReceiverBehavior): Promise<OpenChannel>;
  /** How long a busy receiver asks to wait, where the protocol can say so. */
  readonly busyForMs?: number;
  /** Strings that hostile input must not leave in a message. */
  readonly forbidden: RegExp;
  /** The part of a message that the receiver interprets as markup; the whole message by default. */
  interpretedPart?(message: string): string;
}

/** A character that reverses the direction of text. */
const UNSEEN = /\u202e/;

const opened: OpenChannel[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function open(subject: ChannelSubject, mood: ReceiverBehavior): Promise<OpenChannel> {
  const one = await subject.open(mood);
  opened.push(one);
  return one;
}

async function deliverOnce(subject: ChannelSubject, mood: ReceiverBehavior) {
  const { channel, recipient, received } = await open(subject, mood);
  const message = await channel.prepare(makeOutgoing({ recipient }));
  let callCount = 0;
  const beforeSend = async () => {
    callCount += 1;
  };
  const end = await channel.send(message, { recipient, beforeSend });
  return { end, arrived: await received(), callCount };
}

/** Declares the contract's tests for one kind of channel. */
export function channelContract(subject: ChannelSubject): void {
  const { behaviors } = subject;
  // A behavior that this receiver cannot show has no test.
  const when = (mood: ReceiverBehavior) => test.each(behaviors.filter((one) => one === mood));
  describe(`the channel ${subject.kind}`, () => {
    test('makes the same bytes of the same outgoing', async () => {
      const { channel } = await open(subject, 'healthy');
      const again = (await open(subject, 'healthy')).channel;
      const [first, second] = [
        await channel.prepare(makeOutgoing()),
        await again.prepare(makeOutgoing()),
      ];
      expect(Buffer.from(first).equals(second)).toBe(true);
      expect(channel.kind).toBe(subject.kind);
    });

    test('hands over once, only after recording it, and returns a receipt', async () => {
      const { end, arrived, callCount } = await deliverOnce(subject, 'healthy');
      expect(end).toMatchObject({ kind: 'sent', reply: expect.stringMatching(/./) });
      expect(arrived).toHaveLength(1);
      expect(callCount).toBe(1);
    });

    test('hands nothing over before it is allowed to', async () => {
      const { channel, recipient, received } = await open(subject, 'healthy');
      const message = await channel.prepare(makeOutgoing({ recipient }));
      const refusal = new Error('the ledger could not write it down');
      const beforeSend = async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        expect(await received()).toEqual([]);
        throw refusal;
      };
      await expect(channel.send(message, { recipient, beforeSend })).rejects.toBe(refusal);
      expect(await received()).toEqual([]);
    });

    when('gone')('puts off what it cannot bring (%s)', async (mood) => {
      const { end, arrived } = await deliverOnce(subject, mood);
      expect(end).toMatchObject({ kind: 'deferred', reply: expect.stringMatching(/./) });
      expect(arrived).toEqual([]);
    });

    when('busy')('puts off what it is asked to bring later (%s)', async (mood) => {
      const { end } = await deliverOnce(subject, mood);
      expect(end).toMatchObject({ kind: 'deferred', code: expect.any(Number) });
      const { busyForMs } = subject;
      expect(end).toMatchObject(busyForMs === undefined ? {} : { retryAfterMs: busyForMs });
    });

    when('refusing')('takes a refusal for one (%s)', async (mood) => {
      const { end } = await deliverOnce(subject, mood);
      expect(end).toMatchObject({ kind: 'refused', code: expect.any(Number) });
    });

    when('mute')('calls an end without an answer ambiguous (%s)', async (mood) => {
      const { end } = await deliverOnce(subject, mood);
      expect(end).toMatchObject({ kind: 'ambiguous', reason: expect.stringMatching(/./) });
    });

    test('shows hostile text as text, with no effect', async () => {
      const { channel } = await open(subject, 'healthy');
      const message = Buffer.from(await channel.prepare(hostileOutgoing())).toString('utf8');
      expect(message).not.toMatch(UNSEEN);
      expect(subject.interpretedPart?.(message) ?? message).not.toMatch(subject.forbidden);
    });

    test('passes its health check without sending a message', async () => {
      const { channel, received } = await open(subject, 'healthy');
      expect((await channel.check()).code).toMatch(/./);
      expect(await received()).toEqual([]);
    });

    when('gone')('says what is wrong and how to mend it (%s)', async (mood) => {
      const { channel } = await open(subject, mood);
      await expect(channel.check()).rejects.toMatchObject({ hint: expect.stringMatching(/./) });
    });

    when('locked')('says that it is not let in (%s)', async (mood) => {
      const { channel } = await open(subject, mood);
      await expect(channel.check()).rejects.toMatchObject({ code: 'auth' });
    });
  });
}
