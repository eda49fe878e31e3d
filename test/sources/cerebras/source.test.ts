import { describe, expect, test } from 'vitest';
import { cerebrasKind } from '../../../src/sources/registry.ts';
import { pullFromSource } from '../../contract/source.ts';
import { json, startServer } from '../../support/httpServer.ts';
import { testClient } from '../../support/testClient.ts';
import { pricesIn, pulledList } from '../priceLists.ts';
import { pullWarningSentences } from '../../support/factSentences.ts';

const MODEL = 'gpt-oss-120b';
const record = (pricing: unknown) => ({
  id: MODEL,
  name: 'OpenAI GPT OSS',
  pricing,
  limits: { max_context_length: 131_072, max_completion_tokens: 40_960 },
  deprecated: false,
});
const read = (...records: readonly unknown[]) => pulledList(cerebrasKind, records, [MODEL]);

describe('a price of Cerebras', () => {
  test.each([
    ['0.00000035', '0.00000075'],
    [3.5e-7, 7.5e-7],
  ])('is in dollars per token: %j', async (prompt, completion) => {
    const { fetched, path } = await read(record({ prompt, completion }));
    expect(path).toBe('/public/v1/models');
    expect(pricesIn(fetched)).toMatchObject([
      {
        model: MODEL,
        host: 'cerebras',
        inputPerMtok: 350_000_000n,
        outputPerMtok: 750_000_000n,
        contextLength: 131_072,
        free: false,
      },
    ]);
  });

  test('in another unit, as per million tokens, is quarantined', async () => {
    const { fetched } = await read(record({ prompt: '0.35', completion: '0.75' }));
    expect(pricesIn(fetched)).toMatchObject([{ inputPerMtok: 350_000_000_000_000n }]);
    expect(pullWarningSentences(fetched.warnings)[0]).toContain('$350000 for a million tokens');
  });

  test('of 0 is unknown, and an absent one is not sold', async () => {
    const zero = await read(record({ prompt: '0', completion: '0' }));
    expect(pricesIn(zero.fetched)).toEqual([]);
    const none = await read(record(null));
    expect(pricesIn(none.fetched)).toEqual([]);
    expect(none.fetched.rejects).toBeUndefined();
  });

  test('that is invalid is a reject, and its model still exists', async () => {
    const { fetched } = await read(record({ prompt: 'on request', completion: '0' }));
    expect(fetched.rejects?.[0]?.reason).toContain('pricing.prompt');
    expect(fetched.priceSnapshots?.[0]?.fact.unread).toEqual([null]);
  });
});

test('no key is sent where none is given', async () => {
  const server = await startServer(json({ object: 'list', data: [record(null)] }));
  const options = cerebrasKind.options.parse({ baseUrl: server.origin });
  const source = cerebrasKind.create('seller', options, testClient({ retries: 0 }));
  await pullFromSource(source, { window: { startMs: 0, endMs: 1 }, usage: [], models: [MODEL] });
  await server.close();
  expect(server.requests[0]?.headers.authorization).toBeUndefined();
});
