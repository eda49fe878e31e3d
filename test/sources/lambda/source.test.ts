import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../src/domain/period.ts';
import type { Fetched } from '../../../src/domain/provenance.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import { lambdaKind } from '../../../src/sources/registry.ts';
import type { PullRequest } from '../../../src/sources/source.ts';
import { pullFromSource, yieldedText } from '../../contract/source.ts';
import { bodyText } from '../../support/bodyText.ts';
import { json, type Reply, startServer } from '../../support/httpServer.ts';
import { testClient } from '../../support/testClient.ts';
import { ACCOUNT, KEY, lambdaApi, SEPTEMBER_2_MS } from './emulator.ts';
import { pullWarningSentences } from '../../support/factSentences.ts';

const NOON_MS = SEPTEMBER_2_MS + 12 * HOUR_MS;
const REQUEST: PullRequest = {
  window: { startMs: SEPTEMBER_2_MS, endMs: NOON_MS },
  usage: [],
  models: [],
};

interface Changes {
  readonly request?: Partial<PullRequest>;
  readonly options?: (origin: string) => object;
}

async function pull(reply: Reply, { request = {}, options }: Changes = {}) {
  const server = await startServer(reply);
  const client = testClient();
  client.clock.set(NOON_MS);
  const parsed = lambdaKind.options.parse({
    apiKey: createSecret('${LAMBDA_API_KEY}', () => KEY),
    baseUrl: server.origin,
    ...options?.(server.origin),
  });
  const source = lambdaKind.create('main', parsed, client);
  const all = await pullFromSource(source, { ...REQUEST, ...request });
  await server.close();
  return { all, client, requests: server.requests };
}

const healthy = (seed: string) => lambdaApi(ACCOUNT, () => NOON_MS, seed);
const SEEDS = ['a', 'b', 'c', 'd', 'e', 'f'];

const resourcesIn = (all: readonly Fetched[]) =>
  all.flatMap(({ resources = [] }) => resources.map(({ fact }) => fact));

/** One answer for a path, an empty one for the others. */
function only(path: string, body: unknown): Reply {
  return (response, request) =>
    json(request.path.endsWith(path) ? body : emptyOf(request.path))(response, request);
}

function emptyOf(path: string) {
  return { data: path.endsWith('instance-types') ? {} : [], page_token: null };
}

test.each(SEEDS)('every variant of the document is read alike (seed %s)', async (seed) => {
  const { all, requests } = await pull(healthy(seed));
  expect(all.flatMap(({ fetch }) => fetch.failure ?? [])).toEqual([]);
  const seen = resourcesIn(all);
  const shown = (id: string) =>
    seen
      .filter(({ resourceId }) => resourceId === id)
      .map(({ status, seenAtMs }) => `${(seenAtMs - SEPTEMBER_2_MS) / HOUR_MS} ${status}`)
      .filter((text) => text.includes('event'))
      .sort();
  expect(shown('aa01')).toEqual(['1.25 event: started']);
  expect(shown('bb002')).toEqual(['2 event: started', '3.5 event: ended']);
  expect(seen.find(({ name }) => name === 'trainer')).toMatchObject({
    kind: 'instance',
    resourceId: 'aa01',
    gpuType: 'H100 (80 GB SXM5)',
    gpuCount: 8,
    usdPerHour: 23_920_000_000n,
    status: 'active',
  });
  const rates = all.flatMap(({ rates: result = [] }) => result.map(({ fact }) => fact));
  const byType = rates.map(({ gpuType, usdPerGpuHour }) => [gpuType, usdPerGpuHour] as const);
  expect(new Map<string, bigint>(byType)).toEqual(
    new Map([
      ['gpu_1x_a10', 750_000_000n],
      ['gpu_8x_h100_sxm5', 2_990_000_000n],
    ]),
  );
  expect(all.at(-1)).toMatchObject({
    fetch: { kind: 'lambda.inventory.instances' },
    listed: ['instance'],
    rebuild: { listing: 'lambda.inventory.instances', window: REQUEST.window, oneLife: true },
  });
  expect(new Set(requests.map(({ headers }) => headers.authorization))).toEqual(
    new Set([`Bearer ${KEY}`]),
  );
});

test('requests are a second apart', async () => {
  const { client, requests } = await pull(healthy('b'));
  const waited = client.pauses.reduce((sum, ms) => sum + ms, 0);
  expect(requests.length).toBeGreaterThan(3);
  expect(waited).toBeGreaterThanOrEqual(1000 * (requests.length - 1));
});

test('the base URL that ends with the version is the same as the one without', async () => {
  const { requests, all } = await pull(healthy('a'), {
    options: (origin) => ({ baseUrl: `${origin}/api/v1` }),
  });
  expect(all.flatMap(({ fetch }) => fetch.failure ?? [])).toEqual([]);
  expect(new Set(requests.map(({ path }) => path.split('/').slice(0, 3).join('/')))).toEqual(
    new Set(['/api/v1']),
  );
});

test('charges read the log from its beginning, samples from an hour before', async () => {
  const logIn = (requests: Awaited<ReturnType<typeof pull>>['requests']) =>
    requests.filter(({ path }) => path.endsWith('audit-events'))[0]?.query.get('start');
  const { requests } = await pull(healthy('a'));
  expect(logIn(requests)).toBeNull();
  const sample = await pull(healthy('a'), { request: { facts: ['inventory'] } });
  expect(logIn(sample.requests)).toBe('2026-09-01T23:00:00Z');
  expect(sample.all.at(-1)).not.toHaveProperty('rebuild');
});

test('unread fields of a list are neither stored nor reported', async () => {
  for (const seed of SEEDS) {
    const { all } = await pull(healthy(seed));
    const kept = all.map(({ fetch }) => bodyText(fetch.body)).join('\n');
    for (const secret of [
      'jt-01',
      'jupyter',
      '198.51.100',
      'someone@example.com',
      'mount',
      'lrn:cloud:identity',
    ]) {
      expect(`${kept}${yieldedText(all)}`).not.toContain(secret);
    }
  }
});

test('an instance that cannot be read is a reject, and nothing counts as gone', async () => {
  const good = { id: 'good', status: 'active', instance_type: { name: 'gpu_1x_a10' } };
  const { all } = await pull(only('/instances', { data: [{ id: 7 }, good] }));
  const last = all.at(-1);
  expect(last?.rejects).toHaveLength(1);
  expect(last).not.toHaveProperty('listed');
  expect(resourcesIn(all)).toMatchObject([{ resourceId: 'good', gpuType: 'gpu_1x_a10' }]);
  expect(resourcesIn(all)[0]).not.toHaveProperty('usdPerHour');
});

test.each([{ data: null }, { data: {} }, { data: 'none' }])(
  'an answer without a list is a failure, and no empty list: %j',
  async (body) => {
    const { all } = await pull(only('/instances', body));
    expect(all.at(-1)?.fetch.failure?.code).toBeDefined();
    expect(all.at(-1)).not.toHaveProperty('listed');
  },
);

test("an error has the document's own message", async () => {
  const error = { code: 'global/account-inactive', message: 'Your account is inactive.' };
  const { all } = await pull(json({ error: { ...error, suggestion: 'Pay.' } }, 403));
  expect(all[0]?.fetch.failure).toMatchObject({ code: 'forbidden' });
  expect(all[0]?.fetch.failure?.message).toContain('Your account is inactive.');
});

function event(action: string, changes: object = {}) {
  return {
    event_id: action,
    event_time: '2026-09-02T01:02:03.123456Z',
    resource_name: 'instance',
    action,
    resource_lrns: ['lrn:cloud:instance:i1'],
    additional_details: null,
    ...changes,
  };
}

test.each([
  ['launched', 'event: started'],
  ['created', 'event: started'],
  ['instance.launch_requested', 'event: started'],
  ['TERMINATED', 'event: ended'],
  ['delete', 'event: ended'],
  ['preempted', 'event: ended'],
  ['restarted', 'event: mentioned'],
  ['cold_rebooted', 'event: mentioned'],
])('the action %s is read as %s', async (action, status) => {
  const { all } = await pull(only('/audit-events', { data: [event(action)], page_token: null }));
  expect(resourcesIn(all)).toMatchObject([{ resourceId: 'i1', status }]);
  expect(all.flatMap(({ warnings }) => pullWarningSentences(warnings))).toEqual([]);
});

test('an unknown action shows that its instance existed, and is named', async () => {
  const data = [
    event('hibernated'),
    event('launch_failed'),
    event('launched', { event_id: 'launched' }),
  ];
  const { all } = await pull(only('/audit-events', { data, page_token: null }));
  expect(resourcesIn(all).map(({ status, seenAtMs }) => [status, seenAtMs % 1000])).toEqual([
    ['event: mentioned', 124],
    ['event: started', 123],
  ]);
  expect(all.flatMap(({ warnings }) => pullWarningSentences(warnings)).join()).toContain(
    'hibernated',
  );
});

test('an event on two pages counts once, and one of another resource ends nothing', async () => {
  const firewall = event('deleted', { event_id: 'f', resource_name: 'firewall_ruleset' });
  let asked = 0;
  const { all } = await pull((response, request) => {
    if (!request.path.endsWith('audit-events')) {
      json(emptyOf(request.path))(response, request);
      return;
    }
    asked += 1;
    const page = asked === 1 ? { page_token: 'next' } : { page_token: null };
    json({ data: [event('launched'), ...(asked === 1 ? [] : [firewall])], ...page })(
      response,
      request,
    );
  });
  expect(resourcesIn(all).map(({ status }) => status)).toEqual([
    'event: started',
    'event: mentioned',
  ]);
});

test('the storage cost is reported as unknown, with its size', async () => {
  const { all } = await pull(healthy('a'));
  expect(all.flatMap(({ warnings }) => pullWarningSentences(warnings))).toEqual([
    'Lambda reports no storage price, so nothing is charged for 1 file system (3.0 GiB). ' +
      'Import that part of the invoice.',
  ]);
});
