/** Knows what every channel must do whatever is behind it: a contract that all of them keep. */

import { afterEach, describe, expect, test } from 'vitest';
import type { Channel } from '../../src/delivery/channel.ts';
import { hostileParcel, parcelOf } from '../support/parcel.ts';

/**
 * How the other side behaves: it takes the message; it cannot be reached; it asks to come later; it
 * refuses; it takes the message and says nothing; it does not let us in.
 */
export type Mood = 'healthy' | 'gone' | 'busy' | 'refusing' | 'mute' | 'locked';

export interface OpenChannel {
  readonly channel: Channel;
  readonly recipient: string;
  /** What has arrived so far, as text. */
  readonly arrived: () => Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface ChannelSubject {
  readonly kind: string;
  /** Those that can happen there. */
  readonly moods: readonly Mood[];
  open(mood: Mood): Promise<OpenChannel>;
  /** How long the other side asks to wait when it is busy, where it can ask. */
  readonly busyForMs?: number;
  /** What hostile words must not leave in a message. */
  readonly harm: RegExp;
  /** The part of a message that the other side reads for more than words; all of it by default. */
  partRead?(message: string): string;
}

/** Turns the direction of writing around. */
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

async function handed(subject: ChannelSubject, mood: Mood) {
  const { channel, recipient, arrived } = await open(subject, mood);
  const message = await channel.prepare(parcelOf({ recipient }));
  let told = 0;
  const beforeHandOver = async () => {
    told += 1;
  };
  const end = await channel.hand(message, { recipient, beforeHandOver });
  return { end, arrived: await arrived(), told };
}

/** Runs the contract for one kind of channel. */
export function keepsTheContract(subject: ChannelSubject): void {
  const { moods } = subject;
  // Of a mood that the other side cannot have there is no test.
  const when = (mood: Mood) => test.each(moods.filter((one) => one === mood));
  describe(`the channel ${subject.kind}`, () => {
    test('makes the same bytes of the same parcel', async () => {
      const { channel } = await open(subject, 'healthy');
      const again = (await open(subject, 'healthy')).channel;
      const [first, second] = [await channel.prepare(parcelOf()), await again.prepare(parcelOf())];
      expect(Buffer.from(first).equals(second)).toBe(true);
      expect(channel.kind).toBe(subject.kind);
    });

    test('hands over once, after it has said so, and brings an answer', async () => {
      const { end, arrived, told } = await handed(subject, 'healthy');
      expect(end).toMatchObject({ kind: 'sent', reply: expect.stringMatching(/./) });
      expect(arrived).toHaveLength(1);
      expect(told).toBe(1);
    });

    test('hands nothing over before it may', async () => {
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
      const { end, arrived } = await handed(subject, mood);
      expect(end).toMatchObject({ kind: 'deferred', reply: expect.stringMatching(/./) });
      expect(arrived).toEqual([]);
    });

    when('busy')('puts off what it is asked to bring later (%s)', async (mood) => {
      const { end } = await handed(subject, mood);
      expect(end).toMatchObject({ kind: 'deferred', code: expect.any(Number) });
      const { busyForMs } = subject;
      expect(end).toMatchObject(busyForMs === undefined ? {} : { retryAfterMs: busyForMs });
    });

    when('refusing')('takes a refusal for one (%s)', async (mood) => {
      const { end } = await handed(subject, mood);
      expect(end).toMatchObject({ kind: 'refused', code: expect.any(Number) });
    });

    when('mute')('calls an end without an answer ambiguous (%s)', async (mood) => {
      const { end } = await handed(subject, mood);
      expect(end).toMatchObject({ kind: 'ambiguous', reason: expect.stringMatching(/./) });
    });

    test('lets hostile words be shown and do nothing', async () => {
      const { channel } = await open(subject, 'healthy');
      const message = Buffer.from(await channel.prepare(hostileParcel())).toString('utf8');
      expect(message).not.toMatch(UNSEEN);
      expect(subject.partRead?.(message) ?? message).not.toMatch(subject.harm);
    });

    test('says that it is fine, and sends nothing to know it', async () => {
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
