/** The contract of a channel: tests that every kind of delivery channel must pass. */

import { afterEach, describe, expect, test } from 'vitest';
import type { Channel } from '../../src/delivery/channel.ts';
import { hostileParcel, parcelOf } from '../support/parcel.ts';

/**
 * How the receiving end behaves: accepts the message, is unreachable, asks to retry later, refuses,
 * accepts without an answer, or rejects our credentials.
 */
export type Mood = 'healthy' | 'gone' | 'busy' | 'refusing' | 'mute' | 'locked';

export interface OpenChannel {
  readonly channel: Channel;
  readonly recipient: string;
  /** The messages received so far, as text. */
  readonly arrived: () => Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface ChannelSubject {
  readonly kind: string;
  /** The behaviors that this channel's receiver can show. */
  readonly moods: readonly Mood[];
  open(mood: Mood): Promise<OpenChannel>;
  /** How long a busy receiver asks to wait, where the protocol can say so. */
  readonly busyForMs?: number;
  /** Strings that hostile input must not leave in a message. */
  readonly harm: RegExp;
  /** The part of a message that the receiver interprets as markup; the whole message by default. */
  partRead?(message: string): string;
}

/** A character that reverses the direction of text. */
const UNSEEN = /\u202e/;

const opened: OpenChannel[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function open(subject: ChannelSubject, mood: Mood): Promise<OpenChannel> {
  const one = await subject.open(mood);
  opened.push(one);
  return one;
}

async function deliverOnce(subject: ChannelSubject, mood: Mood) {
  const { channel, recipient, arrived } = await open(subject, mood);
  const message = await channel.prepare(parcelOf({ recipient }));
  let callCount = 0;
  const beforeHandOver = async () => {
    callCount += 1;
  };
  const end = await channel.hand(message, { recipient, beforeHandOver });
  return { end, arrived: await arrived(), callCount };
}

/** Declares the contract's tests for one kind of channel. */
export function keepsTheContract(subject: ChannelSubject): void {
  const { moods } = subject;
  // A behavior that this receiver cannot show has no test.
  const when = (mood: Mood) => test.each(moods.filter((one) => one === mood));
  describe(`the channel ${subject.kind}`, () => {
    test('makes the same bytes of the same parcel', async () => {
      const { channel } = await open(subject, 'healthy');
      const again = (await open(subject, 'healthy')).channel;
      const [first, second] = [await channel.prepare(parcelOf()), await again.prepare(parcelOf())];
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
      const { channel, recipient, arrived } = await open(subject, 'healthy');
      const message = await channel.prepare(parcelOf({ recipient }));
      const refusal = new Error('the ledger could not write it down');
      const beforeHandOver = async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        expect(await arrived()).toEqual([]);
        throw refusal;
      };
      await expect(channel.hand(message, { recipient, beforeHandOver })).rejects.toBe(refusal);
      expect(await arrived()).toEqual([]);
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
      const message = Buffer.from(await channel.prepare(hostileParcel())).toString('utf8');
      expect(message).not.toMatch(UNSEEN);
      expect(subject.partRead?.(message) ?? message).not.toMatch(subject.harm);
    });

    test('passes its health check without sending a message', async () => {
      const { channel, arrived } = await open(subject, 'healthy');
      expect((await channel.check()).code).toMatch(/./);
      expect(await arrived()).toEqual([]);
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
