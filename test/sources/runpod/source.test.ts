import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, instantText } from '../../../src/domain/period.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import { runpodKind } from '../../../src/sources/registry.ts';
import type { PullRequest } from '../../../src/sources/source.ts';
import { pullFromSource, yieldedText } from '../../contract/source.ts';
import {
  repliesInOrder,
  json,
  type Reply,
  neverReply,
  startServer,
  truncated,
} from '../../support/httpServer.ts';
import { testClient } from '../../support/testClient.ts';
import { runpodAccount, billReply, JUNE, POD, POD_RECORD } from './account.ts';
import { bodyText } from '../../support/bodyText.ts';

const REQUEST: PullRequest = { window: JUNE, usage: [], models: [] };

async function pull(reply: Reply, changes: { options?: object; request?: PullRequest } = {}) {
  const server = await startServer(reply);
  const client = testClient();
  const options = runpodKind.options.parse({
    apiKey: createSecret('${RUNPOD_API_KEY}', () => 'rpa_0123456789abcdef'),
    baseUrl: server.origin,
    ...changes.options,
  });
  const source = runpodKind.create('main', options, client);
  const all = await pullFromSource(source, changes.request ?? REQUEST);
  await server.close();
  return { all, client, requests: server.requests };
}

const kindsOf = (all: { fetch: { kind: string } }[]) => all.map(({ fetch }) => fetch.kind);

test('rates and inventory come first, then the bills, always in this order', async () => {
  const { all } = await pull(runpodAccount());
  expect(kindsOf(all)).toEqual([
    'runpod.catalog.gpus',
    'runpod.inventory.pods',
    'runpod.inventory.serverless',
    'runpod.inventory.network-volumes',
    'runpod.inventory.clusters',
    'runpod.inventory.workers',
    'runpod.billing.account',
    'runpod.billing.pods',
    'runpod.billing.serverless',
    'runpod.billing.network-volumes',
    'runpod.billing.clusters',
    'runpod.billing.endpoints',
  ]);
});

test('the window is widened to bucket edges and cut at 31 days', async () => {
  const window = { startMs: Date.UTC(2026, 3, 1, 10, 20), endMs: Date.UTC(2026, 5, 1, 11, 10) };
  const { requests } = await pull(runpodAccount(), { request: { ...REQUEST, window } });
  const asked = requests.filter(({ path }) => path === '/v2/billing/pods');
  expect(asked.map(({ query }) => Object.fromEntries(query))).toEqual([
    {
      startTime: '2026-04-01T10:00:00Z',
      endTime: '2026-05-02T10:00:00Z',
      bucketSize: 'hour',
    },
    {
      startTime: '2026-05-02T10:00:00Z',
      endTime: '2026-06-01T12:00:00Z',
      bucketSize: 'hour',
    },
  ]);
});

test('a bill that is too long is requested in halves, and all of it counts', async () => {
  const window = { startMs: Date.UTC(2026, 4, 1), endMs: Date.UTC(2026, 4, 9) };
  const tooLong = ' '.repeat(17 * 1024 * 1024);
  const daily: Reply = (response, request) => {
    const [startMs, endMs] = ['startTime', 'endTime'].map((key) =>
      Date.parse(request.query.get(key) ?? ''),
    );
    const days = ((endMs ?? 0) - (startMs ?? 0)) / DAY_MS;
    const records = Array.from({ length: days }, (_, day) => ({
      ...POD_RECORD,
      startTime: instantText((startMs ?? 0) + day * DAY_MS),
      endTime: instantText((startMs ?? 0) + (day + 1) * DAY_MS),
    }));
    const query = {
      startTime: request.query.get('startTime'),
      endTime: request.query.get('endTime'),
    };
    const answer = JSON.stringify(billReply(records, { query }));
    json(days > 2 ? answer + tooLong : answer)(response, request);
  };
  const { all, requests } = await pull(runpodAccount({ '/v2/billing/pods': daily }), {
    request: { ...REQUEST, window },
  });
  const bills = all.filter(({ fetch }) => fetch.kind === 'runpod.billing.pods');
  expect(bills.flatMap(({ fetch }) => fetch.failure ?? [])).toEqual([]);
  expect(bills.map(({ fetch }) => fetch.window)).toEqual(
    [1, 3, 5, 7].map((day) => ({
      startMs: Date.UTC(2026, 4, day),
      endMs: Date.UTC(2026, 4, day + 2),
    })),
  );
  const days = new Set(
    bills.flatMap(({ charges = [] }) => charges.map(({ fact }) => fact.period.startMs)),
  );
  expect(days.size).toBe(8);
  // Eight days, four, and from then on two at once.
  expect(requests.filter(({ path }) => path === '/v2/billing/pods')).toHaveLength(6);
});

test.each(['', '/pods', '/serverless', '/network-volumes', '/clusters', '/endpoints'])(
  'the bill at /v2/billing%s is halved where it is too long, down to one bucket',
  async (family) => {
    const path = `/v2/billing${family}`;
    const tooLong: Reply = (response, request) => {
      const [startTime, endTime] = ['startTime', 'endTime'].map((key) => request.query.get(key));
      const hours = (Date.parse(endTime ?? '') - Date.parse(startTime ?? '')) / HOUR_MS;
      const answer = JSON.stringify(billReply([], { query: { startTime, endTime } }));
      json(hours > 6 ? answer + ' '.repeat(17 * 1024 * 1024) : answer)(response, request);
    };
    const { all } = await pull(runpodAccount({ [path]: tooLong }));
    const of = all.filter(({ fetch }) => new URL(fetch.url).pathname === path);
    expect(of.flatMap(({ fetch }) => fetch.failure ?? [])).toEqual([]);
    // A day, half a day, and then a quarter at once.
    const hoursOf = ({ startMs, endMs }: typeof JUNE) => (endMs - startMs) / HOUR_MS;
    expect(of.map(({ fetch }) => hoursOf(fetch.window ?? JUNE))).toEqual([6, 6, 6, 6]);
  },
);

test('by the day the edges are midnights', async () => {
  const window = { startMs: JUNE.startMs + 5, endMs: JUNE.startMs + 6 };
  const { requests } = await pull(runpodAccount(), {
    options: { bucket: 'day' },
    request: { ...REQUEST, window },
  });
  const last = requests.at(-1);
  expect(last?.query.get('startTime')).toBe(instantText(JUNE.startMs));
  expect(last?.query.get('endTime')).toBe(instantText(JUNE.startMs + DAY_MS));
  expect(last?.query.get('bucketSize')).toBe('day');
});

test('only the fields that are read are stored of an inventory', async () => {
  const { all } = await pull(runpodAccount());
  const text = yieldedText(all);
  for (const planted of ['planted', 'hf_', '195.26.233.3', 'HF_TOKEN', '22/tcp', '34446']) {
    expect(text).not.toContain(planted);
  }
  const pods = all.find(({ fetch }) => fetch.kind === 'runpod.inventory.pods');
  const kept: unknown = JSON.parse(bodyText(pods?.fetch.body));
  const { id, name, status, cloud, cost, gpu } = POD;
  expect(kept).toEqual({ pods: [{ id, name, status, cloud, cost, gpu }] });
});

test('an inventory that cannot be parsed is not stored', async () => {
  const half = json('{"pods":[{"id":"pod1","env":{"HF_TOKEN":"hf_planted_env"');
  const { all } = await pull(runpodAccount({ '/v2/pods': half }));
  const pods = all.find(({ fetch }) => fetch.kind === 'runpod.inventory.pods');
  expect(pods?.fetch).toMatchObject({ failure: { code: 'malformed' } });
  expect(pods?.fetch.body).toBeUndefined();
  expect(pods?.fetch.digest).toMatch(/^[0-9a-f]{64}$/);
});

test('a message about a broken inventory quotes none of it', async () => {
  const half = json('{"env":{"HF_TOKEN":"hf_planted_env"');
  const { all } = await pull(runpodAccount({ '/v2/pods': half }));
  expect(yieldedText(all)).not.toContain('hf_planted_env');
});

test('a part that fails does not affect the facts of the others', async () => {
  const { all } = await pull(runpodAccount({ '/v2/billing/pods': json({ detail: 'no' }, 403) }));
  const failed = all.filter(({ fetch }) => fetch.failure !== undefined);
  expect(kindsOf(failed)).toEqual(['runpod.billing.pods']);
  expect(failed[0]?.fetch.failure?.message).toMatch(
    /returned 403: no; give the API key read access to billing and inventory$/,
  );
  expect(all.at(-1)?.charges).toHaveLength(1);
  const clusters = all.find(({ fetch }) => fetch.kind === 'runpod.billing.clusters');
  expect(clusters?.charges).toHaveLength(3);
});

test('without an inventory the bill is still read, only without names and hours', async () => {
  const { all } = await pull(runpodAccount({ '/v2/pods': json('', 500) }));
  const charges = all.find(({ fetch }) => fetch.kind === 'runpod.billing.pods')?.charges ?? [];
  expect(charges.map(({ fact }) => fact.billed)).toEqual([440_000_000n, 60_000_000n]);
  expect(charges[0]?.fact).not.toHaveProperty('resourceName');
  expect(charges[0]?.fact).not.toHaveProperty('quantity');
});

test('a rate limit is waited out as long as RunPod says, then the answer is read', async () => {
  const limited = json({ title: 'Too Many Requests', status: 429 }, 429, { 'retry-after': '12' });
  const { all, client } = await pull(
    runpodAccount({ '/v2/billing/pods': repliesInOrder(limited, json(billReply([POD_RECORD]))) }),
  );
  expect(client.pauses).toEqual([12_000]);
  expect(all.every(({ fetch }) => fetch.failure === undefined)).toBe(true);
});

test('a server error and a cut body are retried and leave no trace', async () => {
  const whole = json(billReply([POD_RECORD]));
  const { all } = await pull(
    runpodAccount({
      '/v2/billing/pods': repliesInOrder(json('', 500), truncated(billReply([POD_RECORD])), whole),
    }),
  );
  expect(all.every(({ fetch }) => fetch.failure === undefined)).toBe(true);
});

test("the source's own time limit holds", async () => {
  const { all } = await pull(runpodAccount({ '/v2/network-volumes': neverReply }), {
    options: { timeoutSeconds: 0.05 },
  });
  // The others answer at once; whether within this time depends on the machine.
  const silent = all.filter(({ fetch }) => fetch.url.includes('/v2/network-volumes'));
  expect(silent.map(({ fetch }) => fetch.failure?.code)).toEqual(['timeout']);
  expect(silent[0]?.fetch.failure?.message).toContain("raise the source's timeoutSeconds");
});

test('a list that is paged is read page by page', async () => {
  const pages: Reply = (response, request) => {
    const isSecond = request.query.get('cursor') === 'x';
    const page = { hasNextPage: !isSecond, nextCursor: isSecond ? null : 'x' };
    const pods = [{ ...POD, id: isSecond ? 'pod2' : 'pod1' }];
    json({ pods, pagination: page })(response, request);
  };
  const { all, requests } = await pull(runpodAccount({ '/v2/pods': pages }));
  const pods = all.filter(({ fetch }) => fetch.kind === 'runpod.inventory.pods');
  expect(pods.map(({ resources }) => resources?.[0]?.fact.resourceId)).toEqual(['pod1', 'pod2']);
  const asked = requests.filter(({ path }) => path === '/v2/pods');
  expect(asked.map(({ query }) => query.toString())).toEqual([
    'includeClusterPods=true&limit=1000',
    'includeClusterPods=true&limit=1000&cursor=x',
  ]);
});

test.each([{ hasNextPage: true }, { hasNextPage: true, nextCursor: '' }, { hasNextPage: 'yes' }])(
  'a list that continues without a cursor (%j) is a failure beside its facts',
  async (pagination) => {
    const { all } = await pull(runpodAccount({ '/v2/pods': json({ pods: [POD], pagination }) }));
    const pods = all.filter(({ fetch }) => fetch.kind === 'runpod.inventory.pods');
    expect(pods.map(({ fetch }) => fetch.failure?.code)).toEqual([undefined, 'malformed']);
    expect(pods[0]?.resources).toHaveLength(1);
  },
);

test.each([
  [{}, 'apiKey'],
  [{ apiKey: 'rpa_plain' }, 'apiKey'],
  [{ apiKey: createSecret('k', () => 'x'), bucket: 'week' }, 'bucket'],
  [{ apiKey: createSecret('k', () => 'x'), baseUrl: 'api.runpod.io' }, 'baseUrl'],
  [{ apiKey: createSecret('k', () => 'x'), timeoutSeconds: 0 }, 'timeoutSeconds'],
])('options %j are refused at %s', (options, path) => {
  expect(runpodKind.options.safeParse(options).error?.issues[0]?.path).toEqual([path]);
});
