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
  arrived(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface ChannelSubject {
  readonly kind: string;
  /** Those that can happen there. */
  readonly moods: readonly Mood[];
  open(mood: Mood): Promise<OpenChannel>;
  /** How long the other side asks to wait when it is busy, where it can ask. */
  readonly busyForMs?: number;
  /** Fails where hostile words do more than being shown. */
  expectHarmless(message: string): void;
}

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

/** A test of a mood that the other side cannot have is none, and not one that is passed over. */
function when(canHappen: boolean) {
  return (title: string, body: () => Promise<void>) => {
    if (canHappen) test(title, body);
  };
}

/** Runs the contract for one kind of channel. */
export function keepsTheContract(subject: ChannelSubject): void {
  const { moods } = subject;
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

    when(moods.includes('gone'))('puts off what it cannot bring', async () => {
      const { end, arrived } = await handed(subject, 'gone');
      expect(end).toMatchObject({ kind: 'deferred', reply: expect.stringMatching(/./) });
      expect(arrived).toEqual([]);
    });

    when(moods.includes('busy'))('puts off what it is asked to bring later', async () => {
      const { end } = await handed(subject, 'busy');
      expect(end).toMatchObject({ kind: 'deferred', code: expect.any(Number) });
      const { busyForMs } = subject;
      expect(end).toMatchObject(busyForMs === undefined ? {} : { retryAfterMs: busyForMs });
    });

    when(moods.includes('refusing'))('takes a refusal for one', async () => {
      const { end } = await handed(subject, 'refusing');
      expect(end).toMatchObject({ kind: 'refused', code: expect.any(Number) });
    });

    when(moods.includes('mute'))('calls an end without an answer ambiguous', async () => {
      const { end } = await handed(subject, 'mute');
      expect(end).toMatchObject({ kind: 'ambiguous', reason: expect.stringMatching(/./) });
    });

    test('lets hostile words be shown and do nothing', async () => {
      const { channel } = await open(subject, 'healthy');
      const message = Buffer.from(await channel.prepare(hostileParcel())).toString('utf8');
      subject.expectHarmless(message);
    });

    test('says that it is fine, and sends nothing to know it', async () => {
      const { channel, arrived } = await open(subject, 'healthy');
      expect(await channel.check()).toMatch(/./);
      expect(await arrived()).toEqual([]);
    });

    when(moods.includes('gone'))('says what is wrong and how to mend it', async () => {
      const { channel } = await open(subject, 'gone');
      await expect(channel.check()).rejects.toMatchObject({ hint: expect.stringMatching(/./) });
    });

    when(moods.includes('locked'))('says that it is not let in', async () => {
      const { channel } = await open(subject, 'locked');
      await expect(channel.check()).rejects.toMatchObject({ code: 'auth' });
    });
  });
}
