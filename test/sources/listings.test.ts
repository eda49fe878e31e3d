/** Tests which models a price source sells, for the proposals of doctor and init. */

import { afterEach, describe, expect, test } from 'vitest';
import { sourceKinds } from '../../src/sources/registry.ts';
import type { SourceKind } from '../../src/sources/source.ts';
import { json, type Reply, startServer } from '../support/httpServer.ts';
import { testClient } from '../support/testClient.ts';
import { createSecret } from '../../src/platform/secret.ts';
import { SUBJECTS } from './subjects.ts';

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function listed(kind: SourceKind, reply: Reply, options: object = {}) {
  const server = await startServer(reply);
  open.push(server);
  const { http, clock } = testClient();
  const read = kind.options.parse({ baseUrl: server.origin, ...options });
  return (await kind.create('seller', read, { http, clock }).listings?.()) ?? [];
}

function kindOf(name: string): SourceKind {
  const kind = sourceKinds.find((one) => one.kind === name);
  if (kind === undefined) throw new Error(`no kind ${name}`);
  return kind;
}

const KEYED = { apiKey: createSecret('${KEY}', () => 'key-1') };

describe('every source of prices', () => {
  const priced = SUBJECTS.filter(({ kind }) => kind.provides.includes('prices'));

  test.each(priced.map((subject) => [subject.kind.kind, subject] as const))(
    '%s lists the models that it sells, and nothing else of them is stored',
    async (_, subject) => {
      const { kind, healthy, request } = subject;
      const server = await startServer(healthy);
      open.push(server);
      const { http, clock } = testClient();
      const key = createSecret('${KEY}', () => 'key-1');
      const read = kind.options.parse(subject.options(server.origin, key));
      const found = (await kind.create('seller', read, { http, clock }).listings?.()) ?? [];
      const names = found.map(({ model }) => model);
      expect(names).toEqual(expect.arrayContaining([request.models[0]]));
      expect(new Set(names).size).toBe(names.length);
      expect(found.every(({ sourceId }) => sourceId === 'seller')).toBe(true);
    },
  );
});

const list = (...data: readonly unknown[]): Reply => json({ object: 'list', data });

describe('a model of a list', () => {
  test('that is not sold by token, is free or cannot be read is not listed', async () => {
    const record = (id: string, pricing: unknown) => ({ id, metadata: { pricing } });
    const found = await listed(
      kindOf('deepinfra'),
      list(
        record('acme/sold', { input_tokens: 0.1, output_tokens: 0.2 }),
        record('acme/images', { per_image_unit: 0.0005 }),
        record('acme/odd', { input_tokens: 'much', output_tokens: 1 }),
        { id: 7 },
      ),
      KEYED,
    );
    expect(found).toEqual([{ sourceId: 'seller', model: 'acme/sold', quantizations: ['unknown'] }]);
  });

  test('of Hugging Face is named by its weights, with its longest context', async () => {
    const partner = (provider: string, context: number, price: number) => ({
      provider,
      status: 'live',
      context_length: context,
      pricing: { input: price, output: price },
    });
    const found = await listed(
      kindOf('huggingface'),
      list({ id: 'acme/Big-8B', providers: [partner('a', 8_192, 0.1), partner('b', 32_768, 1)] }),
      KEYED,
    );
    expect(found).toEqual([
      {
        sourceId: 'seller',
        model: 'acme/Big-8B',
        huggingFaceId: 'acme/Big-8B',
        contextLength: 32_768,
        quantizations: ['unknown'],
      },
    ]);
  });

  test('of Nebius has its quantization, and its weights where they are stated', async () => {
    const found = await listed(
      kindOf('nebius-token-factory'),
      list({
        id: 'acme/big',
        hugging_face_id: 'acme/Big-8B',
        quantization: 'fp8',
        pricing: { prompt: '0.0000001', completion: '0.0000002' },
      }),
      KEYED,
    );
    expect(found).toMatchObject([{ huggingFaceId: 'acme/Big-8B', quantizations: ['fp8'] }]);
  });

  test('of a catalog is listed once by each name, as second hand', async () => {
    const model = (input: number) => ({ cost: { input, output: 1 }, limit: { context: 9_000 } });
    const reply = json({
      openai: { name: 'OpenAI', models: { 'acme/Big-8B': model(0.1), free: model(0) } },
      groq: { name: 'Groq', models: { 'acme/Big-8B': model(0.2), 'big-8b': model(0.3) } },
    });
    const found = await listed(kindOf('catalog'), reply, { catalog: 'models.dev' });
    const result = { sourceId: 'seller', contextLength: 9_000, quantizations: ['unknown'] };
    expect(found).toEqual([
      { ...result, model: 'acme/Big-8B', secondHand: true },
      { ...result, model: 'free', secondHand: true },
      { ...result, model: 'big-8b', secondHand: true },
    ]);
  });
});

test.each([
  ['refuses', 401, { error: 'no' }],
  ['answers success with an error inside', 200, { error: 'no' }],
  ['lists nothing', 200, { data: [] }],
])('a provider that %s is a failure', async (_, status, body) => {
  const reply: Reply = (response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  await expect(listed(kindOf('cerebras'), reply)).rejects.toMatchObject({ name: 'Failure' });
});
