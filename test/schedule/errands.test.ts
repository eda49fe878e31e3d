/**
 * Work that is given to another worker comes back whole, fails as it failed there, or is missed.
 */

import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createLog, currentRunId, logScope } from '../../src/platform/log.ts';
import { createRedactor } from '../../src/platform/redact.ts';
import { HANDS, openErrands } from '../../src/schedule/errands.ts';
import { type Deeds, lendHands } from '../../src/schedule/hands.ts';
import { mailboxAt, pack, unpack } from '../../src/schedule/mailbox.ts';
import { connectRedis, keyPrefix } from '../../src/schedule/redis.ts';
import { sharedRedis, type TestRedis } from '../support/redis.ts';

let redis: TestRedis;
let place: ReturnType<TestRedis['place']>;
const log = createLog({ level: 'silent', clock: systemClock, redactor: createRedactor([]) });

beforeAll(async () => {
  redis = await sharedRedis();
});
afterAll(() => redis.stop());
beforeEach(() => {
  place = redis.place();
});

function errands(patience = { untaken: 60, silent: 60 }) {
  const opened = openErrands({ place, log, patience });
  onTestFinished(() => opened.close());
  return opened;
}

function lend(deeds: Deeds) {
  const hands = lendHands({ place, deeds, log, atOnce: 2, graceMs: 100 });
  onTestFinished(() => hands.close());
}

async function all(values: AsyncIterable<unknown>): Promise<unknown[]> {
  const received = [];
  for await (const value of values) received.push(value);
  return received;
}

/** What is left of errands in Redis, a while after they ended. */
async function leftovers(): Promise<string[]> {
  const client = connectRedis(place);
  try {
    const keys = await client.keys(`${keyPrefix(place)}:${HANDS}-mail:*`);
    return [...keys, ...(await client.keys(`${keyPrefix(place)}:${HANDS}:????????-*`))];
  } finally {
    client.disconnect();
  }
}

describe('an errand', () => {
  it('returns the results of the other worker, in order, and leaves nothing behind', async () => {
    const bytes = Uint8Array.from({ length: 3_000_000 }, (_, at) => (at * 48_271) % 251);
    const values = [
      { cost: 9_007_199_254_740_993n, body: bytes },
      { unknown: Number.NaN, gone: undefined, days: new Map([[1, 'a']]) },
      Float64Array.of(0.5, Number.NaN),
    ];
    lend({
      tell: async function* tell(payload) {
        yield payload;
        yield* values;
      },
    });
    const received = await all(errands().run('tell', { window: { startMs: 1, endMs: 2 } }));
    expect(received).toEqual([{ window: { startMs: 1, endMs: 2 } }, ...values]);
    await expect.poll(leftovers).toEqual([]);
  });

  it('belongs to the run of its sender', async () => {
    lend({
      ask: async function* ask() {
        yield currentRunId();
      },
    });
    const received = await logScope({ run: 'quarter/2026-Q3' }, () =>
      all(errands().run('ask', {})),
    );
    expect(received).toEqual(['quarter/2026-Q3']);
  });

  it('fails as the work failed, after what it had returned', async () => {
    lend({
      fail: async function* fail() {
        yield 1;
        throw new Failure('rate-limited', 'slow down', { hint: 'later', retryAfterMs: 7 });
      },
    });
    const received: unknown[] = [];
    const outcome = (async () => {
      for await (const value of errands().run('fail', {})) received.push(value);
    })();
    await expect(outcome).rejects.toMatchObject({
      name: 'Failure',
      code: 'rate-limited',
      message: 'slow down',
      hint: 'later',
      retryAfterMs: 7,
    });
    expect(received).toEqual([1]);
  });

  it('is a bug if the work had a bug, and a fault of config if it is unknown', async () => {
    lend({
      break: () => {
        throw new TypeError('x is undefined');
      },
    });
    await expect(all(errands().run('break', {}))).rejects.toThrow(
      /bug in another worker: .*x is undefined/s,
    );
    await expect(all(errands().run('dance', {}))).rejects.toMatchObject({ code: 'config' });
  });

  it('that no worker takes is missed after a while, and is not done later', async () => {
    const outcome = all(errands({ untaken: 1, silent: 1 }).run('tell', {}));
    await expect(outcome).rejects.toMatchObject({
      code: 'unavailable',
      message: 'no worker started the task',
      hint: expect.stringContaining('--role hands'),
    });
    let done = 0;
    lend({
      tell: async function* tell() {
        done += 1;
        yield done;
      },
    });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(done).toBe(0);
    expect(await leftovers()).toEqual([]);
  });
});

describe('messages between two workers', () => {
  /** Three values as they are stored in Redis, the second in several pieces. */
  async function spoken() {
    const client = connectRedis(place);
    onTestFinished(() => client.disconnect());
    const key = `${keyPrefix(place)}:mail`;
    const words = ['first', randomBytes(1_200_000), 'last'];
    const speaker = mailboxAt(client, key);
    for (const value of words) await speaker.say({ kind: 'value', value });
    const hearer = mailboxAt(client, key);
    const hear = async () => {
      const word = await hearer.hear(0);
      return word?.kind === 'value' ? word.value : word;
    };
    return { client, key, words, hear };
  }

  it('are read once if the connection broke and a piece arrived twice', async () => {
    const { client, key, words, hear } = await spoken();
    const pieces = await client.lrangeBuffer(key, 0, -1);
    expect(pieces.length).toBeGreaterThan(words.length);
    await client.del(key);
    for (const piece of pieces) await client.rpush(key, piece, piece);
    expect([await hear(), await hear(), await hear(), await hear()]).toEqual([...words, undefined]);
  });

  it('are incomplete if the connection broke and a piece was lost', async () => {
    const { client, key, words, hear } = await spoken();
    expect(await hear()).toEqual(words[0]);
    await client.lpop(key);
    await expect(hear()).rejects.toMatchObject({
      code: 'unavailable',
      message: 'a message between two workers was lost',
    });
  });
});

describe('a parcel', () => {
  it('is reassembled from however many pieces, and only from all of them', () => {
    const noise = Buffer.alloc(1_500_000);
    for (let at = 0; at < noise.length; at += 1) noise[at] = (at * at * 31 + (at >> 3)) & 255;
    const pieces = pack(noise);
    expect(Math.max(...pieces.map(({ byteLength }) => byteLength))).toBeLessThanOrEqual(524_288);
    expect(unpack(pieces)).toEqual(noise);
    expect(() => unpack(pieces.slice(0, -1))).toThrow(/end|decompress|unexpected/i);
  });
});
