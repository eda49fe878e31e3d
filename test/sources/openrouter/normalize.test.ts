import { describe, expect, test } from 'vitest';
import { parseLossless } from '../../../src/platform/json.ts';
import { readSnapshot } from '../../../src/sources/openrouter/normalize.ts';
import { HOST, MODEL, market } from './market.ts';
import { pullWarningSentences } from '../../support/factSentences.ts';

function read(endpoints: readonly object[], model = MODEL) {
  const body = new TextEncoder().encode(JSON.stringify(market(endpoints)));
  return readSnapshot(parseLossless(body, 'h'), {
    sourceId: 'router',
    model,
    takenAtMs: 7,
    where: 'h',
  });
}

const priced = (pricing: object, more: object = {}) => ({ ...HOST, ...more, pricing });
const only = (endpoint: object) => read([endpoint]).snapshot.prices[0];
const reasonFor = (pricing: object) => read([priced(pricing)]).rejects[0]?.reason;

describe('prices', () => {
  test('dollars per token become nano-dollars per million, and no discount is applied', () => {
    expect(only(HOST)).toEqual({
      sourceId: 'router',
      model: MODEL,
      host: 'deepinfra/fp8',
      hostName: 'DeepInfra',
      quantization: 'fp8',
      validFromMs: 7,
      inputPerMtok: 570_000_000n,
      cachedInputPerMtok: 95_000_000n,
      outputPerMtok: 2_850_000_000n,
      contextLength: 131_072,
      free: false,
      offered: true,
    });
  });

  test('a quantization is stored in lower case, as from every source', () => {
    expect(only({ ...HOST, quantization: 'FP8' })?.quantization).toBe('fp8');
  });

  test('a missing cache price is absent, a cache price of 0 is 0', () => {
    const prices = { prompt: '0.000001', completion: '0.000002' };
    expect(only(priced(prices))).not.toHaveProperty('cachedInputPerMtok');
    expect(only(priced({ ...prices, input_cache_read: null }))).not.toHaveProperty(
      'cachedInputPerMtok',
    );
    expect(only(priced({ ...prices, input_cache_read: '0' }))?.cachedInputPerMtok).toBe(0n);
  });

  test('a price per request is stored in nano-dollars', () => {
    const prices = { prompt: '0.000001', completion: '0.000002', request: '0.0125' };
    expect(only(priced(prices))?.perRequest).toBe(12_500_000n);
  });

  test('0 and 0 is free, and so is a variant named so', () => {
    expect(only(priced({ prompt: '0', completion: '0' }))?.free).toBe(true);
    expect(only({ ...HOST, model_id: `${MODEL}:free` })?.free).toBe(true);
    expect(read([HOST], `${MODEL}:free`).snapshot.prices[0]?.free).toBe(true);
    expect(only(priced({ prompt: '0', completion: '0.000001' }))?.free).toBe(false);
  });

  test.each([
    [{ prompt: '-1', completion: '-1' }, 'pricing.prompt: "-1", which means "it depends"'],
    [
      { prompt: 5.7e-7, completion: '0' },
      'pricing.prompt: found a number, expected a price in quotes',
    ],
    [{ prompt: '0.000001' }, 'pricing.completion: found nothing, expected a price in quotes'],
    [{ prompt: 'NaN', completion: '0' }, 'pricing.prompt: "NaN", which is not a decimal price'],
    [{ prompt: '', completion: '0' }, 'pricing.prompt: "", which is not a decimal price'],
    [{ prompt: '1e-7x', completion: '0' }, 'which is not a decimal price'],
    [{ prompt: '1e30', completion: '0' }, 'pricing.prompt: "1e30", which is not a decimal price'],
    [{ prompt: '0', completion: '0', input_cache_read: '-1' }, 'pricing.input_cache_read: "-1"'],
    [{ prompt: '0', completion: '0', request: 'free' }, 'pricing.request: "free"'],
    [{ prompt: '0', completion: '0', request: '1e30' }, 'pricing.request: "1e30"'],
  ])('%j is not a price, and the endpoint is rejected', (pricing, reason) => {
    expect(reasonFor(pricing)).toContain(`endpoint 0: pricing.`);
    expect(reasonFor(pricing)).toContain(reason);
    expect(read([priced(pricing)]).snapshot.prices).toEqual([]);
  });

  test('a price in another unit is stored as stated, and never free', () => {
    expect(only(priced({ prompt: '0.57', completion: '0' }))).toMatchObject({
      inputPerMtok: 570_000_000_000_000n,
      free: false,
    });
    expect(only(priced({ prompt: '1e-17', completion: '0' }))).toMatchObject({
      inputPerMtok: 1n,
      free: false,
    });
  });

  test('writing to the cache has a separate price', () => {
    const price = only(priced({ ...HOST.pricing, input_cache_write: '0.0000007125' }));
    expect(price?.cacheWritePerMtok).toBe(712_500_000n);
  });
});

describe('the conditions of a price', () => {
  test.each([
    ['openai/priority', { serviceTier: 'priority' }],
    ['openai/flex', { serviceTier: 'flex' }],
    ['mistral/zdr', { dataPolicy: 'zdr' }],
    ['google-vertex/europe', { region: 'europe' }],
    ['amazon-bedrock/us-east-1', { region: 'us-east-1' }],
  ])('the tag %s means %j', (tag, terms) => {
    const price = only({ ...HOST, tag });
    expect(price).toMatchObject({ host: tag, ...terms });
  });

  test('an ordinary tag does not set one', () => {
    const price = only(HOST);
    for (const term of ['serviceTier', 'region', 'dataPolicy', 'supports']) {
      expect(price).not.toHaveProperty(term);
    }
  });

  test('parameters that requests may use are stored in one order', () => {
    const price = only({ ...HOST, supported_parameters: ['tools', 'seed'] });
    expect(price?.supports).toEqual(['seed', 'tools']);
    expect(only({ ...HOST, supported_parameters: 'all' })).not.toHaveProperty('supports');
  });

  test('medians of the last half hour are stored with the uptime', () => {
    const fast = {
      latency_last_30m: { p50: 227.4, p99: 6_000 },
      throughput_last_30m: { p50: 45.2 },
    };
    expect(read([{ ...HOST, ...fast }]).snapshot.availability[0]).toMatchObject({
      latencyMs: 227,
      tokensPerSecond: 45.2,
    });
    const none = { latency_last_30m: null, throughput_last_30m: { p50: null } };
    const [plain] = read([{ ...HOST, ...none }]).snapshot.availability;
    expect(plain).not.toHaveProperty('latencyMs');
    expect(plain).not.toHaveProperty('tokensPerSecond');
  });
});

describe('endpoints', () => {
  const named = (...endpoints: object[]) =>
    read(endpoints.map((endpoint) => ({ ...HOST, ...endpoint }))).snapshot.prices.map(
      ({ host }) => host,
    );
  const pricier = { ...HOST.pricing, prompt: '0.000001' };

  test('without a tag are named by provider and quantization', () => {
    expect(named({ tag: null, quantization: null })).toEqual(['deepinfra/unknown']);
  });

  test('with one tag in two quantizations are two', () => {
    const shared = { tag: 'novita' };
    expect(named({ ...shared, quantization: 'fp8' }, { ...shared, quantization: 'bf16' })).toEqual([
      'novita/fp8',
      'novita/bf16',
    ]);
  });

  test('with one tag twice in one quantization: the pricier is numbered, in any order', () => {
    const first = read([HOST, { ...HOST, pricing: pricier }]);
    const swapped = read([{ ...HOST, pricing: pricier }, HOST]);
    expect(first.snapshot.prices.map(({ host }) => host)).toEqual([
      'deepinfra/fp8',
      'deepinfra/fp8#2',
    ]);
    expect(swapped.snapshot.prices.map(({ host }) => host)).toEqual([
      'deepinfra/fp8#2',
      'deepinfra/fp8',
    ]);
    expect(pullWarningSentences(first.warnings)[0]).toContain(
      'sells meta-llama/llama-3.3-70b-instruct more than once',
    );
  });

  test('generated names never collide with an existing name', () => {
    const hosts = named({}, { pricing: pricier }, { tag: 'deepinfra/fp8#2' });
    expect(new Set(hosts).size).toBe(3);
  });

  test('availability is stored with each price under the same name', () => {
    const { prices, availability } = read([HOST, { ...HOST, pricing: pricier }]).snapshot;
    expect(availability.map(({ host }) => host)).toEqual(prices.map(({ host }) => host));
  });

  test('a model without any endpoint is an empty snapshot, with a warning', () => {
    const result = read([]);
    expect(result.snapshot).toMatchObject({ model: MODEL, prices: [], availability: [] });
    expect(pullWarningSentences(result.warnings)).toEqual([`No provider is listed for ${MODEL}.`]);
  });

  test('an answer under another name is reported', () => {
    expect(pullWarningSentences(read([HOST], 'meta-llama/alias').warnings)[0]).toBe(
      `The response for meta-llama/alias has the model ${MODEL} instead.`,
    );
  });
});

describe('availability', () => {
  const available = (more: object) => read([{ ...HOST, ...more }]).snapshot.availability[0];

  test('uptime in percent becomes millionths of a share', () => {
    expect(available({})?.uptimeMillionths).toBe(999_500);
    expect(available({ uptime_last_1d: 100 })?.uptimeMillionths).toBe(1_000_000);
    expect(available({ uptime_last_1d: 93.27878591488442 })?.uptimeMillionths).toBe(932_788);
  });

  test.each([null, undefined, 101, -1])('an uptime of %j is unknown', (uptime) => {
    expect(available({ uptime_last_1d: uptime })).not.toHaveProperty('uptimeMillionths');
  });

  test.each([
    [0, true],
    [undefined, true],
    [null, true],
    [-2, false],
    [-10, false],
  ])('status %j is healthy: %j', (status, healthy) => {
    expect(available({ status })?.healthy).toBe(healthy);
  });
});
