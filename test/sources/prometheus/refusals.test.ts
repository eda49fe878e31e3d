import { afterEach, describe, expect, test } from 'vitest';
import { Failure } from '../../../src/domain/failure.ts';
import { HOUR_MS, instantText } from '../../../src/domain/period.ts';
import { classifyRefusal } from '../../../src/sources/prometheus/answer.ts';
import {
  json,
  type Reply,
  neverReply,
  startServer,
  type TestServer,
} from '../../support/httpServer.ts';
import { failuresOf, pullUsage, usageRowsOf } from '../../support/prometheusSource.ts';
import { startSynthetic } from '../../support/syntheticPrometheus.ts';
import { processSeries, steadyScrapes } from '../../support/vllmSeries.ts';

const START = Date.UTC(2026, 4, 12);
const DAY = { startMs: START, endMs: START + 24 * HOUR_MS };
const HOUR = { startMs: START, endMs: START + HOUR_MS };
const chat = { deployment: 'chat', engine: 'vllm', match: { model_name: 'm' } };
const around = { fromMs: HOUR.startMs, toMs: HOUR.endMs };
const scrapes = steadyScrapes(around, { prompt: 9, output: 3 });
const series = processSeries({ instance: '10.0.0.1:8000' }, scrapes);

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

describe('the error messages of a server', () => {
  test.each([
    [422, 'query processing would load too many samples into memory in query execution'],
    [400, 'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query'],
    [422, 'exceeded series limit: rpc error: code = Code(422) desc = limit 12000 violated'],
    [422, 'exceeded bytes limit while fetching postings: limit 1 violated (got 8)'],
    [422, 'the query exceeded the maximum number of chunks (limit: 2000000 chunks)'],
    [422, 'the query exceeded the aggregated chunks size limit (limit: 10 bytes)'],
    [422, 'the query time range exceeds the limit (query length: 26h0m0s, limit: 24h0m0s)'],
    [422, 'cannot select more than -search.maxSamplesPerQuery=1000 samples; possible solutions'],
    [500, 'rpc error: code = ResourceExhausted desc = received message larger than max (9 vs. 4)'],
    [413, ''],
  ])('is too much at once: %i %s', (status, said) => {
    expect(classifyRefusal(new Failure('refused', 'no'), status, said)).toBe('too-much');
  });

  test.each([
    [503, 'query timed out in expression evaluation'],
    [503, 'query timed out in query queue'],
    [503, 'query was canceled in expression evaluation'],
    [500, 'expanding series: context deadline exceeded'],
    [
      422,
      'timeout exceeded during query execution: 30.000 seconds; adjust -search.maxQueryDuration',
    ],
    [422, 'more than 1000 samples were read before the timeout was exceeded'],
    [504, 'upstream request timeout, message size 0'],
  ])('is a timeout, and never too much: %i %s', (status, said) => {
    expect(classifyRefusal(new Failure('unavailable', 'no'), status, said)).toBe('timeout');
  });

  test.each([
    [429, 'too many outstanding requests'],
    [422, "too long query; got 27614 bytes; mustn't exceed `-search.maxQueryLen=16384` bytes"],
    [503, "couldn't start executing the request since 8 concurrent requests exceed the limit"],
    [400, 'parse error: unexpected end of input'],
    [401, 'exceeded maximum number of samples'],
  ])('is neither: %i %s', (status, said) => {
    expect(classifyRefusal(new Failure('refused', 'no'), status, said)).toBe('other');
  });
});

describe('a server that is too slow', () => {
  test('gets the same chunk again and never a smaller one, then is named', async () => {
    server = await startServer(neverReply);
    const options = { url: server.origin, timeoutSeconds: 0.1 };
    const fetched = await pullUsage(options, { window: DAY, usage: [chat] });
    expect(server.requests).toHaveLength(5);
    expect(new Set(server.requests.map(({ query }) => query.get('query'))).size).toBe(1);
    const [failure, ...others] = failuresOf(fetched);
    expect(others).toEqual([]);
    expect(failure?.code).toBe('timeout');
    expect(failure?.message).toContain('nothing was read from 2026-05-12T00:00:00Z on');
  });

  test('and says so with 422 is a timeout, which is retried later', async () => {
    const error = 'timeout exceeded during query execution: 30.000 seconds';
    server = await startServer(json({ status: 'error', errorType: '422', error }, 422));
    const fetched = await pullUsage({ url: server.origin }, { window: DAY, usage: [chat] });
    expect(server.requests).toHaveLength(1);
    expect(failuresOf(fetched)).toMatchObject([{ code: 'timeout' }]);
  });
});

describe('samples outside of the requested time', () => {
  const bad = (seconds: number, name = 'vllm:prompt_tokens_total') => ({
    metric: { __name__: name, engine: '0', instance: '10.0.0.1:8000', model_name: 'm' },
    values: [[seconds, '999999999']],
  });
  const tampered =
    (origin: string, more: readonly unknown[], keep = true): Reply =>
    (response, request) => {
      void fetch(`${origin}${request.path}?${request.query.toString()}`)
        .then((answer) => answer.json() as Promise<{ data: { result?: unknown[] } }>)
        .then(({ data }) => {
          const result = [...(keep ? (data.result ?? []) : []), ...more];
          return json({ status: 'success', data: { ...data, result } })(response, request);
        });
    };
  const pulled = async (more: readonly unknown[], keep = true) => {
    const good = await startSynthetic(series);
    server = await startServer(tampered(good.origin, more, keep));
    const request = { window: HOUR, usage: [chat] };
    const pulledFacts = await pullUsage({ url: server.origin }, request);
    const honest = await pullUsage({ url: good.origin }, request);
    await good.close();
    return { pulledFacts, honest };
  };

  test.each([
    ['2099', Date.UTC(2099, 0, 1) / 1000],
    ['1970', 0],
    ['before the calendar', -1e300],
    ['after all time', 1e308],
  ])('(%s) are rejected with the requested time, and change no figure', async (_name, seconds) => {
    const { pulledFacts, honest } = await pulled([bad(seconds)]);
    expect(usageRowsOf(honest)).toHaveLength(12);
    expect(usageRowsOf(pulledFacts)).toEqual(usageRowsOf(honest));
    const [reject, ...others] = pulledFacts.flatMap(({ rejects = [] }) => rejects);
    expect(others).toEqual([]);
    expect(reject?.reason).toMatch(/^vllm:prompt_tokens_total has a sample of .*, expected /);
    expect(reject?.reason).toContain(
      `expected ${instantText(START - HOUR_MS)} to ${instantText(START + 2 * HOUR_MS)}`,
    );
  });

  test('alone are a failure that names both times, and not an idle hour', async () => {
    const { pulledFacts } = await pulled([bad(Date.UTC(2025, 4, 12) / 1000)], false);
    const [failure] = failuresOf(pulledFacts);
    expect(failure?.code).toBe('malformed');
    expect(failure?.message).toContain('answered for another period');
    expect(failure?.message).toContain('2025-05-12T00:00:00Z');
    expect(failure?.message).toContain("check the server's clock");
    expect(usageRowsOf(pulledFacts)).toEqual([]);
  });

  test('by a few minutes belong to the next chunk and are left to it', async () => {
    const { pulledFacts, honest } = await pulled([bad((START + 2 * HOUR_MS) / 1000 + 60)]);
    expect(usageRowsOf(pulledFacts)).toEqual(usageRowsOf(honest));
    expect(pulledFacts.flatMap(({ rejects = [] }) => rejects)).toEqual([]);
  });
});
