import { afterEach, describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../../src/domain/period.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import { html, json, type Reply, startServer, type TestServer } from '../../support/httpServer.ts';
import { failuresOf, pullUsage, usageRowsOf, warningsOf } from '../../support/prometheusSource.ts';
import { startSynthetic } from '../../support/syntheticPrometheus.ts';
import { processSeries, steadyScrapes } from '../../support/vllmSeries.ts';
import { bodyText } from '../../support/bodyText.ts';

const START = Date.UTC(2026, 4, 12, 10);
const window = { startMs: START, endMs: START + HOUR_MS };
const chat = { deployment: 'chat', engine: 'vllm', match: { model_name: 'm' } };
const scrapes = steadyScrapes({ fromMs: START, toMs: START + HOUR_MS }, { prompt: 9, output: 3 });
const series = processSeries({ instance: '10.0.0.1:8000' }, scrapes);

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function readFrom(reply: Reply, options: object = {}) {
  server = await startServer(reply);
  return pullUsage({ url: server.origin, ...options }, { window, usage: [chat] });
}

const matrix = (result: unknown) =>
  json({ status: 'success', data: { resultType: 'matrix', result } });
const refusal = (status: number, errorType: string, error: string) =>
  json({ status: 'error', errorType, error }, status);

describe('an answer that cannot be read as usage', () => {
  test.each([
    ['an error inside 200', refusal(200, 'bad_data', 'parse error'), 'refused', /parse error/],
    ['a query that is refused', refusal(400, 'bad_data', '1:10: unclosed'), 'refused', /1:10/],
    [
      'too much even for an hour',
      refusal(422, 'execution', 'too many samples'),
      'refused',
      /too many/,
    ],
    [
      'a vector',
      json({ status: 'success', data: { resultType: 'vector', result: [] } }),
      'malformed',
      /found resultType "vector", expected "matrix"/,
    ],
    ['a page', html(), 'malformed', /HTML/],
    [
      'half a truth',
      json({ status: 'success', isPartial: true, data: {} }),
      'unavailable',
      /partial response/,
    ],
    ['a closed door', html(401), 'auth', /401/],
    ['the wrong address', html(404), 'not-found', /404/],
  ] as const)('%s fails the fetch and says why', async (...args) => {
    const [, reply, code, words] = args;
    const fetched = await readFrom(reply);
    const [failure, ...others] = failuresOf(fetched);
    expect(others).toEqual([]);
    expect(failure?.code).toBe(code);
    expect(failure?.message).toMatch(words);
    expect(failure?.message).toMatch(/^chat: /);
    expect(failure?.message).not.toContain('__name__');
    expect(usageRowsOf(fetched)).toEqual([]);
  });

  test('a refused key is not retried for each chunk; the failure names the rest', async () => {
    server = await startServer(html(403));
    const long = { startMs: START, endMs: START + 20 * HOUR_MS };
    const fetched = await pullUsage(
      { url: server.origin, chunkHours: 1 },
      { window: long, usage: [chat] },
    );
    expect(server.requests).toHaveLength(1);
    expect(fetched).toHaveLength(1);
    expect(fetched[0]?.fetch.window).toEqual(long);
    expect(fetched[0]?.fetch.failure?.message).toContain(
      'nothing was read from 2026-05-12T10:00:00Z',
    );
  });

  test('a bad chunk does not affect the rows of the others', async () => {
    const long = { startMs: START - HOUR_MS, endMs: START + HOUR_MS };
    const good = await startSynthetic(series);
    let turn = 0;
    server = await startServer((response, request) => {
      turn += 1;
      if (turn === 1) return html()(response, request);
      void fetch(`${good.origin}${request.path}?${request.query.toString()}`)
        .then((answer) => answer.json())
        .then((body) => json(body)(response, request));
    });
    const fetched = await pullUsage(
      { url: server.origin, chunkHours: 1 },
      { window: long, usage: [chat] },
    );
    await good.close();
    expect(failuresOf(fetched)).toHaveLength(1);
    expect(usageRowsOf(fetched)).toHaveLength(12);
  });
});

describe('samples', () => {
  const [prompt, output] = ['vllm:prompt_tokens_total', 'vllm:generation_tokens_total'];
  const resultOf = (name: string | undefined, values: readonly unknown[]) => ({
    metric: { __name__: name, engine: '0', instance: 'a', model_name: 'm' },
    values: values.map((value, index) => [START / 1000 + 15 * index, value]),
  });

  test('that are not numbers are rejected one by one, and the rest counts', async () => {
    const values = ['10', '-Inf', '+Inf', '40', '-5', '1.5', '', null, '70'];
    const fetched = await readFrom(matrix([resultOf(prompt, values), resultOf(output, values)]));
    expect(usageRowsOf(fetched)[0]?.outputTokens).toBe(60);
    expect(fetched.flatMap(({ rejects = [] }) => rejects)).toHaveLength(12);
    expect(fetched[0]?.rejects?.[0]?.reason).toContain(
      'the value "-Inf" instead of a counter value',
    );
  });

  test('that are NaN after a value mark a target that was gone, and are no fault', async () => {
    const values = ['10', '40', 'NaN', '70', 'NaN'];
    const fetched = await readFrom(matrix([resultOf(prompt, values), resultOf(output, values)]));
    expect(usageRowsOf(fetched)[0]?.outputTokens).toBe(60);
    expect(fetched.flatMap(({ rejects = [] }) => rejects)).toEqual([]);
    // One that follows another, or comes first, is none of these markers.
    const odd = ['NaN', '10', 'NaN', 'NaN', '70'];
    const other = await readFrom(matrix([resultOf(prompt, odd), resultOf(output, odd)]));
    const set = other.flatMap(({ rejects = [] }) => rejects);
    expect(set).toHaveLength(4);
    expect(set[0]?.reason).toContain('the value "NaN" instead of a counter value');
  });

  test('that are whole JSON numbers are accepted', async () => {
    const fetched = await readFrom(matrix([resultOf(prompt, [10, 25]), resultOf(output, [1, 3])]));
    expect(usageRowsOf(fetched)[0]).toMatchObject({ uncachedPromptTokens: 15, outputTokens: 2 });
  });

  test('without the prompt counter are no usage, and the counter is named', async () => {
    const fetched = await readFrom(matrix([resultOf(output, ['1', '3'])]));
    expect(failuresOf(fetched)[0]).toMatchObject({ code: 'malformed' });
    expect(failuresOf(fetched)[0]?.message).toContain('vllm:prompt_tokens_total is missing at a');
  });

  test('that fail by the thousand are stored in part and counted whole', async () => {
    const values = Array.from({ length: 300 }, () => 'NaN');
    const fetched = await readFrom(
      matrix([resultOf(prompt, values), resultOf(output, ['1', '3'])]),
    );
    expect(fetched.flatMap(({ rejects = [] }) => rejects)).toHaveLength(100);
    expect(warningsOf(fetched).join()).toContain('300 samples of chat were rejected');
  });
});

describe('a request that cannot be met', () => {
  test('for nothing that exists names the matcher without results, and what exists', async () => {
    server = await startSynthetic(series, { labelValues: ['qwen3-32b', 'evil"\u0007\nname'] });
    const match = { model_name: 'qwen' };
    const usage = [{ deployment: 'chat', engine: 'vllm', match }];
    const fetched = await pullUsage({ url: server.origin }, { window, usage });
    const [failure] = failuresOf(fetched);
    expect(failure?.code).toBe('no-data');
    expect(failure?.message).toContain('{model_name="qwen"}');
    expect(failure?.message).toContain('the values of model_name are "qwen3-32b", "evil\\" name"');
    expect(server.requests.at(-1)?.path).toBe('/api/v1/label/model_name/values');
  });

  test('for another engine says which can be read, and sends no query', async () => {
    server = await startSynthetic(series);
    const usage = [{ ...chat, engine: 'ollama' }, chat];
    const fetched = await pullUsage({ url: server.origin }, { window, usage });
    expect(failuresOf(fetched)).toEqual([
      {
        code: 'config',
        message: expect.stringContaining(
          'engine ollama: cannot be measured here: Ollama has no metrics',
        ) as string,
      },
    ]);
    expect(usageRowsOf(fetched)).toHaveLength(12);
  });

  test('without its secret fails as config', async () => {
    const bearerToken = createSecret('${PROM_TOKEN}', () => undefined);
    const fetched = await readFrom(html(), { bearerToken });
    expect(failuresOf(fetched)[0]?.message).toContain('${PROM_TOKEN} is not set');
    expect(server?.requests).toEqual([]);
  });
});

describe('credentials', () => {
  test.each([
    [
      { bearerToken: createSecret('${T}', () => 'tok-123456') },
      'authorization',
      'Bearer tok-123456',
    ],
    [
      { basicAuth: { username: 'me', password: createSecret('${P}', () => 'tok-123456') } },
      'authorization',
      `Basic ${Buffer.from('me:tok-123456').toString('base64')}`,
    ],
    [{ headers: { 'X-Scope-OrgID': 'team-a' } }, 'x-scope-orgid', 'team-a'],
  ])('are sent, and shown nowhere', async (options, header, value) => {
    const echo: Reply = (response, request) =>
      refusal(400, 'bad_data', `you sent ${request.headers.authorization}`)(response, request);
    const fetched = await readFrom(echo, options);
    expect(server?.requests[0]?.headers[header]).toBe(value);
    const bodies = fetched.map(({ fetch }) => bodyText(fetch.body));
    expect(JSON.stringify(fetched) + bodies.join()).not.toMatch(/tok-123456|bWU6dG9rLTEyMzQ1Ng/);
  });

  test('warnings of the server are passed on', async () => {
    server = await startSynthetic(series, { warnings: ['results may be incomplete'] });
    const fetched = await pullUsage({ url: server.origin }, { window, usage: [chat] });
    expect(warningsOf(fetched)).toContain(
      'The server warns about chat: results may be incomplete.',
    );
  });
});
