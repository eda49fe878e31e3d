import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { Failure } from '../../src/domain/failure.ts';
import { DAY_MS, HOUR_MS, instantText } from '../../src/domain/period.ts';
import { nanoUsd } from '../../src/domain/money.ts';
import type { Fetched } from '../../src/domain/provenance.ts';
import type { JsonNumber } from '../../src/platform/json.ts';
import { findReadFields, recordList } from '../../src/platform/schemaFields.ts';
import { createSecret } from '../../src/platform/secret.ts';
import {
  type Api,
  apiOptions,
  type Auth,
  bearerAuth,
  type Paging,
  splitWindow,
} from '../../src/sources/api.ts';
import { createPull } from '../../src/sources/driver.ts';
import { readRecords } from '../../src/sources/records.ts';
import { bodyText } from '../support/bodyText.ts';
import { emulateApi, pageOfList } from '../support/emulator.ts';
import { json, type Reply, startServer } from '../support/httpServer.ts';
import { NOW_MS, testClient } from '../support/testClient.ts';

const WINDOW = { startMs: Date.UTC(2026, 5, 1), endMs: Date.UTC(2026, 5, 5) };
const options = z.strictObject({ ...apiOptions('https://cloud.example') });
const KEY = createSecret('${KEY}', () => 'sk-0123456789abcdef');

const byCursor: Paging = {
  first: { limit: '3' },
  next(value) {
    const { next } = value as { next?: unknown };
    return typeof next === 'string' ? { limit: '3', cursor: next } : undefined;
  },
};

const machine = z.object({ id: z.string() });
const row = z.object({ day: z.string(), usd: z.number() });

/** A made-up cloud: machines on pages, and a bill by the day. */
const cloud: Api = {
  kind: 'cloud',
  auth: bearerAuth(() => KEY),
  *questions({ id, nowMs, request }) {
    yield {
      kind: 'cloud.machines',
      path: ['machines'],
      expects: 'machines',
      pages: byCursor,
      fields: findReadFields(z.object({ machines: recordList(machine), next: z.string() })),
      read(answer) {
        const { facts, rejects } = readRecords(answer.items(), machine, (item) => ({
          sourceId: id,
          resourceId: item.id,
          kind: 'instance' as const,
          name: item.id,
          seenAtMs: nowMs,
        }));
        return { resources: facts, rejects };
      },
    };
    yield {
      kind: 'cloud.bill',
      path: ['bill', ''],
      query: { group_by: ['machine', 'day'] },
      expects: 'rows',
      fields: findReadFields(z.object({ rows: recordList(row), next: z.string() })),
      span: {
        window: request.window,
        bucketMs: DAY_MS,
        query: ({ startMs, endMs }) => ({ from: instantText(startMs), to: instantText(endMs) }),
      },
      read(answer, { window }) {
        const rows = [...answer.items()] as { day: string; usd: JsonNumber }[];
        const charges = rows.map(({ day, usd }, position) => ({
          position,
          fact: {
            sourceId: id,
            key: `bill/${day}`,
            resourceId: 'all',
            category: 'compute' as const,
            pricingClass: 'on-demand' as const,
            period: { startMs: Date.parse(day), endMs: Date.parse(day) + DAY_MS },
            billed: nanoUsd(BigInt(usd.text) * 1_000_000_000n),
            basis: 'billed' as const,
          },
        }));
        return { charges, completeFor: { keyPrefix: 'bill/', window } };
      },
    };
  },
};

async function pull(reply: Reply, api: Api = cloud, client = testClient()) {
  const server = await startServer(reply);
  const setting = { id: 'c', options: options.parse({ baseUrl: server.origin }), tools: client };
  const request = { window: WINDOW, usage: [], models: [] };
  const all = await Array.fromAsync(createPull(api)(setting, request));
  await server.close();
  return { all, client, requests: server.requests };
}

const NAMES = Array.from({ length: 11 }, (_, at) => `machine-${at}`);
const PLANTED = 'planted-token';

/** The cloud by its document: a page holds at most 3, a bill at most `mostDays`. */
function theCloud(mostDays = 31) {
  return {
    auth: { header: 'authorization', value: 'Bearer sk-0123456789abcdef', status: 401 },
    errorBody: (_status: number, words: string) => ({ error: { message: words } }),
    busy: { status: 429, headers: { 'retry-after': '3' } },
    routes: {
      '/machines': ({
        query,
        choose,
      }: Parameters<Parameters<typeof emulateApi>[0]['routes'][string]>[0]) => {
        const options = {
          limit: Number(query.get('limit')),
          cursor: query.get('cursor'),
          name: 'm',
        };
        const page = pageOfList(NAMES, options, choose);
        if (page === undefined) return { status: 422, body: { error: { message: 'bad cursor' } } };
        const machines = page.rows.map((id) => ({ id, token: PLANTED }));
        return { body: { machines, ...choose.oneOf({}, { total: 11 }), next: page.next } };
      },
      '/bill/': ({ query }: { query: URLSearchParams }) => {
        const [from, to] = ['from', 'to'].map((name) => Date.parse(query.get(name) ?? ''));
        const days = ((to ?? 0) - (from ?? 0)) / DAY_MS;
        if (days > mostDays) return { body: { rows: [], filler: 'x'.repeat(2_000) } };
        const rows = Array.from({ length: days }, (_, at) => ({
          day: instantText((from ?? 0) + at * DAY_MS),
          usd: at + 1,
        }));
        return { body: { rows } };
      },
    },
  };
}

const kindsAndCodes = (all: readonly Fetched[]) =>
  all.map(({ fetch }) => `${fetch.kind} ${fetch.failure?.code ?? 'good'}`);

test.each(['1', '2', '3', '4', '5'])(
  'every page of a list is read, whatever its size (%s)',
  async (seed) => {
    const { all } = await pull(emulateApi(theCloud(), seed));
    const pages = all.filter(({ fetch }) => fetch.kind === 'cloud.machines');
    expect(pages.length).toBeGreaterThanOrEqual(4);
    const names = pages.flatMap(({ resources = [] }) => resources.map(({ fact }) => fact.name));
    expect(names).toEqual(NAMES);
  },
);

test('only the fields that are read are stored of a body', async () => {
  const { all } = await pull(emulateApi(theCloud(), '1'));
  const bodies = all.map(({ fetch }) => bodyText(fetch.body)).join('\n');
  expect(bodies).toContain('machine-10');
  expect(bodies).not.toContain(PLANTED);
});

test('a list whose pages form a loop ends with a failure, its facts kept', async () => {
  const circle = json({ machines: [{ id: 'a' }], rows: [], next: 'again' });
  const { all, requests } = await pull(circle);
  expect(kindsAndCodes(all).slice(0, 3)).toEqual([
    'cloud.machines good',
    'cloud.machines good',
    'cloud.machines malformed',
  ]);
  expect(all[2]?.fetch.failure?.message).toMatch(
    /^the list of cloud\.machines does not end: .* returns a page that was already read; the pages/,
  );
  expect(requests.filter(({ path }) => path === '/machines')).toHaveLength(2);
});

test('a page that fails ends its list, and the next request is sent', async () => {
  const reply: Reply = (response, request) => {
    const isSecond = request.query.has('cursor');
    const body = request.path === '/machines' ? { machines: [], next: 'b' } : { rows: [] };
    json(isSecond ? { message: 'no' } : body, isSecond ? 403 : 200)(response, request);
  };
  const { all } = await pull(reply);
  expect(kindsAndCodes(all)).toEqual([
    'cloud.machines good',
    'cloud.machines forbidden',
    'cloud.bill good',
  ]);
});

test('a window whose answer is too large is requested in halves', async () => {
  const { all, requests } = await pull(
    emulateApi(theCloud(1), '1'),
    cloud,
    testClient({ maxBytes: 1_000 }),
  );
  const bills = all.filter(({ fetch }) => fetch.kind === 'cloud.bill');
  expect(bills.map(({ fetch }) => [fetch.failure, fetch.window?.startMs])).toEqual(
    [0, 1, 2, 3].map((day) => [undefined, WINDOW.startMs + day * DAY_MS]),
  );
  const asked = requests
    .filter(({ path }) => path === '/bill/')
    .map(({ query }) => query.toString());
  expect(asked[0]).toBe(
    'group_by=machine&group_by=day&from=2026-06-01T00%3A00%3A00Z&to=2026-06-05T00%3A00%3A00Z',
  );
  // Four days, two, and from then on one by one.
  expect(asked).toHaveLength(6);
});

test('a single bucket that is too large is reported as a failure', async () => {
  const { all } = await pull(emulateApi(theCloud(0), '1'), cloud, testClient({ maxBytes: 1_000 }));
  const codes = kindsAndCodes(all).filter((line) => line.startsWith('cloud.bill'));
  expect(codes).toEqual(Array.from({ length: 4 }, () => 'cloud.bill too-large'));
});

test('a request that cannot be built is a failure, and the next one is sent', async () => {
  const failure = new Failure('config', 'no such thing', { hint: 'name another' });
  const EVEN = findReadFields(z.object({ even: z.boolean() }));
  const api: Api = {
    ...cloud,
    *questions() {
      yield { kind: 'cloud.odd', failure };
      yield { kind: 'cloud.even', path: ['even'], expects: 'even', fields: EVEN, read: () => ({}) };
    },
  };
  const { all } = await pull(json({ even: true }), api);
  expect(kindsAndCodes(all)).toEqual(['cloud.odd config', 'cloud.even good']);
  expect(all[0]?.fetch.failure?.message).toBe('no such thing; name another');
});

test('a signature may depend on the address, and its secrets are not stored', async () => {
  const secret = 'hmac-secret-0123456789';
  const signed: Auth<unknown> = {
    secrets: () => [secret],
    headers: ([key = ''], { pathname, search }) => ({
      'x-signature': createHmac('sha256', key).update(`${pathname}${search}`).digest('hex'),
    }),
  };
  const echo: Reply = (response, request) => {
    const target = `${request.path}?${request.query.toString()}`;
    const wanted = createHmac('sha256', secret).update(target).digest('hex');
    const isRight = request.headers['x-signature'] === wanted;
    const body = request.path === '/machines' ? { machines: [{ id: secret }] } : { rows: [] };
    json(isRight ? body : { message: 'bad signature' }, isRight ? 200 : 401)(response, request);
  };
  const { all } = await pull(echo, { ...cloud, auth: signed });
  expect(kindsAndCodes(all)).toEqual(['cloud.machines good', 'cloud.bill good']);
  for (const { fetch } of all) expect(bodyText(fetch.body)).not.toContain(secret);
});

test('requests to one host keep the interval that the API requires, retries included', async () => {
  const busy = inTurnBusy();
  const { client } = await pull(busy, { ...cloud, minIntervalMs: 1_100 });
  // The clock does not move: each request waits for all that were sent before it.
  expect(client.pauses.filter((pause) => pause % 1_100 === 0)).toEqual([1_100, 2_200]);
});

function inTurnBusy(): Reply {
  let turn = 0;
  return (response, request) => {
    turn += 1;
    const body = request.path === '/machines' ? { machines: [] } : { rows: [] };
    json(turn === 1 ? {} : body, turn === 1 ? 429 : 200)(response, request);
  };
}

test('a window becomes whole buckets, cut where a request may not be longer', () => {
  const at = (hour: number, minute = 0) => Date.UTC(2026, 5, 1, hour, minute);
  const odd = { startMs: at(10, 20), endMs: at(13, 10) };
  expect(splitWindow(odd, { bucketMs: HOUR_MS, longestMs: 3 * HOUR_MS })).toEqual([
    { startMs: at(10), endMs: at(13) },
    { startMs: at(13), endMs: at(14) },
  ]);
});

test('a pull has the time at which it began', async () => {
  const { all } = await pull(emulateApi(theCloud(), '1'));
  expect(all[0]?.resources?.[0]?.fact.seenAtMs).toBe(NOW_MS);
});
