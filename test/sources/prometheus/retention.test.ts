import { afterEach, describe, expect, test } from 'vitest';
import { DAY_MS } from '../../../src/domain/period.ts';
import { examineSource } from '../../../src/doctor/examineSources.ts';
import { findingText } from '../../../src/report/copy/findings.ts';
import { prometheusKind } from '../../../src/sources/registry.ts';
import { json, type Reply, startServer, type TestServer } from '../../support/httpServer.ts';
import { NOW_MS, testClient } from '../../support/testClient.ts';

const chat = { deployment: 'chat', engine: 'vllm', match: { model_name: 'm' } };

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** A server with samples from so many days ago on, which may report its retention. */
function keeping(days: number, runtime?: object): Reply {
  const oldestMs = NOW_MS - days * DAY_MS;
  return (response, request) => {
    const { path, query } = request;
    if (path === '/api/v1/status/runtimeinfo') {
      const body = { status: 'success', data: runtime };
      (runtime === undefined ? json({}, 404) : json(body))(response, request);
    } else if (path === '/api/v1/series') {
      const [start = 0, end = 0] = ['start', 'end'].map((key) => Number(query.get(key)) * 1000);
      // As VictoriaMetrics does: a query for more than 40 days is one for all time.
      const isThere = end >= oldestMs || end - start > 40 * DAY_MS;
      const data = isThere ? [{ __name__: 'vllm:prompt_tokens_total', model_name: 'm' }] : [];
      json({ status: 'success', data })(response, request);
    } else {
      const data = { resultType: 'matrix', result: [] };
      json({ status: 'success', data: path.includes('label') ? [] : data })(response, request);
    }
  };
}

async function sourceAt(reply: Reply, options: object = {}) {
  server = await startServer(reply);
  const result = prometheusKind.options.parse({ url: server.origin, ...options });
  return prometheusKind.create('prom', result, testClient({ retries: 0 }));
}

describe('how far back a server can be queried', () => {
  test.each([
    ['15d', 15],
    ['1y', 365],
    ['6w or 10GiB', 42],
    ['2w1d', 15],
  ])('comes from its settings: %s', async (storageRetention, days) => {
    const source = await sourceAt(keeping(3, { storageRetention, CWD: '/' }));
    const kept = { keepsMs: days * DAY_MS, told: 'settings' };
    expect(await source.retention?.([chat])).toEqual(kept);
    expect(server?.requests).toHaveLength(1);
  });

  test.each([[{ storageRetention: '10GiB' }], [undefined]])(
    'comes from its oldest samples, to the day, where its settings are %j',
    async (runtime) => {
      const source = await sourceAt(keeping(30.4, runtime));
      const kept = await source.retention?.([chat, { ...chat, engine: 'abacus' }]);
      expect(kept?.told).toBe('oldest sample');
      expect(kept?.keepsMs).toBeGreaterThanOrEqual(30.4 * DAY_MS);
      expect(kept?.keepsMs).toBeLessThan(31.4 * DAY_MS);
      expect(server?.requests.length).toBeLessThan(12);
    },
  );

  test('is unknown where there are no samples, or no answer', async () => {
    const empty = await sourceAt(keeping(-1));
    expect(await empty.retention?.([chat])).toBeUndefined();
    await server?.close();
    const closed = await sourceAt(json({}, 403));
    expect(await closed.retention?.([chat])).toBeUndefined();
  });
});

describe('the doctor', () => {
  const examined = async (reply: Reply) => {
    const request = { usage: [{ ...chat, match: { model_name: 'm' } }], models: [] };
    const findings = await examineSource(await sourceAt(reply), request, NOW_MS);
    const short = findings.filter(({ code }) => code === 'memory-too-short');
    return short.map((one) => findingText(one).says);
  };
  const answering = (days: number, runtime?: object): Reply => {
    const reply = keeping(days, runtime);
    const values = [[NOW_MS / 1000 - 60, '1']];
    const metric = (name: string) => ({ metric: { __name__: name, model_name: 'm' }, values });
    const names = ['vllm:prompt_tokens_total', 'vllm:generation_tokens_total'];
    const data = { resultType: 'matrix', result: names.map(metric) };
    return (response, request) => {
      const isQuery = request.path === '/api/v1/query';
      (isQuery ? json({ status: 'success', data }) : reply)(response, request);
    };
  };

  test('warns early that a server forgets within the quarter', async () => {
    expect(await examined(answering(90, { storageRetention: '15d' }))).toEqual([
      'The server keeps samples for 15 days, but a quarter has 92 days.',
    ]);
    await server?.close();
    expect(await examined(answering(20.5))).toEqual([
      'The oldest samples of these metrics are 20 days old, but a quarter has 92 days.',
    ]);
  });

  test('does not warn about one that keeps a quarter', async () => {
    expect(await examined(answering(200, { storageRetention: '180d' }))).toEqual([]);
  });
});
