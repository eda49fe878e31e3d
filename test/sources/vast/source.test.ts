/** Tests the requests to Vast.ai, and the codes of its failures. */

import { expect, test } from 'vitest';
import { DAY_MS } from '../../../src/domain/period.ts';
import { yieldedText } from '../../contract/source.ts';
import { repliesInOrder, json, type Reply } from '../../support/httpServer.ts';
import {
  vastAccount,
  chargesIn,
  chargesOf,
  chargesReply,
  failuresIn,
  INSTANCE,
  instancesOf,
  JUNE_1,
  KEY,
  pullVast,
  ROW,
  fetchesOfKind,
} from './account.ts';

const plain: Reply = (response) => {
  response.writeHead(429, { 'content-type': 'text/plain' });
  response.end('API requests too frequent: endpoint threshold=1.0');
};

test('the inventory comes first, then the charges of each UTC day of the window', async () => {
  const window = { startMs: JUNE_1.startMs + 5_000, endMs: JUNE_1.endMs + DAY_MS + 1 };
  const { all, requests } = await pullVast(vastAccount(), { window });
  expect(all.map(({ fetch }) => fetch.kind)).toEqual([
    'vast.instances',
    'vast.endpoints',
    'vast.charges',
    'vast.charges',
    'vast.charges',
  ]);
  const asked = requests.map(({ path, query }) => [path, Object.fromEntries(query)]);
  // 2026-06-01T00:00:00Z is 1780272000; both bounds are inside the day.
  const day = (gte: number) => ({
    format: 'table',
    limit: '500',
    select_filters: `{"day":{"gte":${gte},"lte":${gte + 86_399}}}`,
  });
  expect(asked).toEqual([
    ['/api/v1/instances/', { limit: '25' }],
    ['/api/v0/endptjobs/', {}],
    ['/api/v0/charges/', day(1_780_272_000)],
    ['/api/v0/charges/', day(1_780_358_400)],
    ['/api/v0/charges/', day(1_780_444_800)],
  ]);
  expect(fetchesOfKind(all, 'vast.charges').map(({ fetch }) => fetch.window)).toEqual(
    [0, 1, 2].map((days) => ({
      startMs: JUNE_1.startMs + days * DAY_MS,
      endMs: JUNE_1.endMs + days * DAY_MS,
    })),
  );
});

test('two requests are 1.1 seconds apart, also without a rate limiter', async () => {
  const { pauses, requests } = await pullVast(vastAccount());
  // The clock of the test does not move, so each waits for all before it.
  expect(requests).toHaveLength(3);
  expect(pauses).toEqual([1_100, 2_200]);
});

test('a list continues after its token, and the amounts of all pages count', async () => {
  const rows = ['instance-1', 'instance-2', 'instance-3'].map((source) => ({ ...ROW, source }));
  const page = (index: number, token: string | null) =>
    json(chargesOf([rows[index]], { total: 3, next_token: token }));
  const { all, requests } = await pullVast(
    vastAccount({
      '/api/v0/charges/': repliesInOrder(page(0, 'eyJ2=='), page(1, 'x y'), page(2, null)),
    }),
  );
  expect(requests.slice(2).map(({ query }) => query.get('after_token'))).toEqual([
    null,
    'eyJ2==',
    'x y',
  ]);
  expect(requests.slice(2).every(({ query }) => query.get('limit') === '500')).toBe(true);
  expect(new Set(chargesIn(all).map(({ resourceId }) => resourceId)).size).toBe(3);
  // Together they cover the whole day.
  const wholes = fetchesOfKind(all, 'vast.charges').map(({ completeFor }) => completeFor);
  expect(wholes).toEqual([undefined, undefined, { keyPrefix: 'charges/', window: JUNE_1 }]);
  expect(all.flatMap(({ rejects = [] }) => rejects)).toEqual([]);
});

test.each([
  [404, { success: false, error: 'auth_error', msg: 'Invalid user key' }],
  [403, { success: false, error: 'auth_error', msg: 'This action requires login.' }],
  [404, { msg: 'Invalid user key' }],
  [200, { success: false, error: 'auth_error', msg: 'Invalid user key' }],
])('a key that is refused with %i is a failure of the key, and is tried once', async (...said) => {
  const [status, body] = said;
  const { all, requests } = await pullVast(json(body, status));
  expect(failuresIn(all)).toMatchObject([{ code: 'auth' }]);
  expect(failuresIn(all)[0]?.message).toContain('check that the API key is correct');
  expect(requests).toHaveLength(1);
});

test('a 404 that does not mention a key is an unknown address', async () => {
  const { all, requests } = await pullVast(json('<html>nothing here</html>', 404));
  expect(failuresIn(all).map(({ code }) => code)).toEqual(['not-found', 'not-found', 'not-found']);
  expect(requests).toHaveLength(3);
});

test.each([
  [{ success: false, error: 'invalid_args', msg: 'bad day' }, 'bad day'],
  [{ success: false, msg: 'bad day', results: [ROW] }, 'bad day'],
  [{ error: 'invalid_args', msg: 'bad day' }, 'bad day'],
  [{ success: false }, 'no reason given'],
])('an error in status 200 brings no charges: %o', async (body, words) => {
  const { all } = await pullVast(vastAccount({ '/api/v0/charges/': json(body) }));
  expect(chargesIn(all)).toEqual([]);
  expect(failuresIn(all)).toMatchObject([{ code: 'refused' }]);
  expect(failuresIn(all)[0]?.message).toContain(words);
});

test('a refusal in plain text without a time to wait is retried', async () => {
  const answer = json(chargesOf([ROW]));
  const { all, requests } = await pullVast(
    vastAccount({ '/api/v0/charges/': repliesInOrder(plain, answer) }),
  );
  expect(failuresIn(all)).toEqual([]);
  expect(requests).toHaveLength(4);
  expect(chargesIn(all)).toHaveLength(5);
});

test('repeated refusals are reported as a rate limit', async () => {
  const { all } = await pullVast(vastAccount({ '/api/v0/charges/': plain }));
  expect(failuresIn(all)).toMatchObject([{ code: 'rate-limited' }]);
  expect(failuresIn(all)[0]?.message).toContain('API requests too frequent');
});

test('an address that Vast.ai has retired is reported', async () => {
  const gone = json({ success: false, error: 'deprecated_endpoint' }, 410);
  const { all } = await pullVast(vastAccount({ '/api/v1/instances/': gone }));
  expect(failuresIn(all)).toMatchObject([{ code: 'not-found' }]);
  expect(failuresIn(all)[0]?.message).toContain('retired this address');
  // The other parts go on.
  expect(chargesIn(all)).toHaveLength(5);
});

test('a contract that is listed twice counts once, even on another page', async () => {
  const twice = [
    json(chargesOf([ROW], { total: 1, next_token: 'more' })),
    json(chargesOf([{ ...ROW, amount: 99 }], { total: 1 })),
  ] as const;
  const { all } = await pullVast(vastAccount({ '/api/v0/charges/': repliesInOrder(...twice) }));
  expect(chargesIn(all)).toHaveLength(5);
  const reasons = all.flatMap(({ rejects = [] }) => rejects.map(({ reason }) => reason));
  expect(reasons).toEqual([
    'record 0: source: duplicate contract and day; only the first one was used',
  ]);
  expect(all.at(-1)?.completeFor).toBeUndefined();
});

test('a list with fewer rows than it counts is incomplete', async () => {
  const { all } = await pullVast(
    vastAccount({
      ...chargesReply([ROW], { total: 3 }),
      '/api/v1/instances/': json({ ...instancesOf([INSTANCE]), total_instances: 2 }),
    }),
  );
  const reasons = all.map(({ rejects = [] }) => rejects.map(({ reason }) => reason));
  expect(reasons).toEqual([
    ['record 0: Vast.ai reports a total of 2, but listed 1; pull again'],
    [],
    ['record 0: Vast.ai reports a total of 3, but listed 1; pull again'],
  ]);
  expect(all.at(-1)?.completeFor).toBeUndefined();
});

test('a day whose rows are all good is complete', async () => {
  const { all } = await pullVast(vastAccount());
  expect(all.at(-1)?.completeFor).toEqual({ keyPrefix: 'charges/', window: JUNE_1 });
});

test.each([0, 1, 2])('without serverless endpoints nothing has failed', async (way) => {
  const none = { success: false, error: 'invalid_args', msg: 'No endpoints for user found' };
  const ways = [
    json(none, 400),
    json({ success: true, results: [] }),
    json({ detail: 'Not Found' }, 404),
  ];
  const { all } = await pullVast(vastAccount({ '/api/v0/endptjobs/': ways[way] ?? plain }));
  expect(failuresIn(all)).toEqual([]);
  expect(chargesIn(all)).toHaveLength(5);
});

test('no secret of an instance or an endpoint is stored', async () => {
  const { all } = await pullVast(vastAccount());
  const text = yieldedText(all);
  for (const secret of ['planted', '203.0.113.77', 'HF_TOKEN', KEY]) {
    expect(text).not.toContain(secret);
  }
});
