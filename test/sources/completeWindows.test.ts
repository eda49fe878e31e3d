/** Tests answers that together cover a window, requests with a JSON body, and empty answers. */

import { expect, test } from 'vitest';
import { z } from 'zod';
import { DAY_MS, instantText } from '../../src/domain/period.ts';
import { nanoUsd } from '../../src/domain/money.ts';
import type { CompleteScope, Fetched } from '../../src/domain/provenance.ts';
import { findReadFields, recordList } from '../../src/platform/schemaFields.ts';
import { createSecret } from '../../src/platform/secret.ts';
import {
  type Api,
  apiOptions,
  bearerAuth,
  type Paging,
  type ApiQuestion,
} from '../../src/sources/api.ts';
import { createPull } from '../../src/sources/driver.ts';
import { bodyText } from '../support/bodyText.ts';
import { json, type Reply, startServer } from '../support/httpServer.ts';
import { testClient } from '../support/testClient.ts';

const WINDOW = { startMs: Date.UTC(2026, 5, 1), endMs: Date.UTC(2026, 5, 5) };
const COMPLETE: CompleteScope = { keyPrefix: 'row/', window: WINDOW };
const KEY = createSecret('${KEY}', () => 'sk-0123456789abcdef');
const options = z.strictObject({ ...apiOptions('https://cloud.example') });

const byCursor: Paging = {
  first: {},
  next: (frame) => {
    const { next } = frame as { next?: string };
    return next === undefined ? undefined : { cursor: next };
  },
};

const row = z.object({ id: z.string() });

/** A list of rows, each a charge of a dollar; a row called `bad` makes its page claim nothing. */
function question(path: string, more: Partial<ApiQuestion> = {}): ApiQuestion {
  return {
    kind: `cloud.${path}`,
    path: [path],
    expects: 'rows',
    fields: findReadFields(z.object({ rows: recordList(row), next: z.string() })),
    pages: byCursor,
    read(answer) {
      const ids = [...answer.items()].map((item) => row.parse(item).id);
      const charges = ids.map((id, position) => ({ position, fact: chargeOf(id) }));
      return { charges, ...(ids.includes('bad') ? {} : { completeFor: COMPLETE }) };
    },
    ...more,
  };
}

function chargeOf(id: string) {
  return {
    sourceId: 'c',
    key: `row/${id}`,
    resourceId: id,
    category: 'compute' as const,
    pricingClass: 'on-demand' as const,
    period: { startMs: WINDOW.startMs, endMs: WINDOW.startMs + DAY_MS },
    billed: nanoUsd(1_000_000_000n),
    basis: 'billed' as const,
  };
}

async function pull(questions: readonly ApiQuestion[], reply: Reply, client = testClient()) {
  const server = await startServer(reply);
  const api: Api = { kind: 'cloud', auth: bearerAuth(() => KEY), questions: () => questions };
  const setting = { id: 'c', options: options.parse({ baseUrl: server.origin }), tools: client };
  const request = { window: WINDOW, usage: [], models: [] };
  const all = await Array.fromAsync(createPull(api)(setting, request));
  await server.close();
  return { all, requests: server.requests };
}

/** Pages by path and cursor: `{ '/a': [...], '/a b': [...] }`; the last of a path has no next. */
function pagesOf(pages: Readonly<Record<string, readonly string[] | number>>): Reply {
  return (response, { path, query }) => {
    const names = Object.keys(pages).filter((name) => name.split(' ')[0] === path);
    const at = names.indexOf([path, query.get('cursor') ?? ''].join(' ').trim());
    const rows = pages[names[at] ?? ''] ?? 404;
    if (typeof rows === 'number') return json({ message: 'no' }, rows)(response, seenOf(path));
    const next = names[at + 1]?.split(' ')[1];
    json({ rows: rows.map((id) => ({ id })), next })(response, seenOf(path));
  };
}

function seenOf(path: string) {
  return { path, query: new URLSearchParams(), headers: {}, method: 'GET', body: '' };
}

const claims = (all: readonly Fetched[]) =>
  all.map(({ partOf, completeFor }) => [partOf?.whole, partOf?.index, completeFor?.keyPrefix]);

test('pages are parts of one whole, and the last of them makes it complete', async () => {
  const { all } = await pull([question('a')], pagesOf({ '/a': ['1'], '/a x': [], '/a y': ['2'] }));
  expect(claims(all)).toEqual([
    ['cloud.a', 0, undefined],
    ['cloud.a', 1, undefined],
    ['cloud.a', 2, 'row/'],
  ]);
});

test('an answer on one page is complete by itself', async () => {
  const { all } = await pull([question('a')], pagesOf({ '/a': ['1'] }));
  expect(claims(all)).toEqual([[undefined, undefined, 'row/']]);
});

test.each([
  ['a page that fails', { '/a': ['1'], '/a x': 403 }],
  ['a page that claims nothing', { '/a': ['1'], '/a x': ['bad'], '/a y': ['2'] }],
  ['a first page that claims nothing', { '/a': ['bad'], '/a x': ['2'] }],
  ['a list that leads back', { '/a': ['1'], '/a x': ['2'], '/a x ': [] }],
])('%s leaves the window incomplete', async (_, pages) => {
  const { all } = await pull([question('a')], pagesOf(pages));
  expect(all.length).toBeGreaterThan(1);
  expect(all.map(({ completeFor }) => completeFor)).toEqual(all.map(() => undefined));
});

test('requests of a series complete their window together', async () => {
  const series = (isLast: boolean) => ({ series: { name: 'june', isLast } });
  const questions = [question('a', series(false)), question('b', series(true))];
  const pages = { '/a': ['1'], '/a x': ['2'], '/b': ['3'], '/b x': ['4'] };
  const { all } = await pull(questions, pagesOf(pages));
  expect(claims(all)).toEqual([
    ['june', 0, undefined],
    ['june', 1, undefined],
    ['june', 2, undefined],
    ['june', 3, 'row/'],
  ]);
  const { all: torn } = await pull(questions, pagesOf({ ...pages, '/a x': 500 }));
  expect(torn.map(({ completeFor }) => completeFor)).toEqual(torn.map(() => undefined));
});

test('each half of a window that was too large is complete by itself', async () => {
  const halves = question('a', {
    span: {
      window: WINDOW,
      bucketMs: DAY_MS,
      query: ({ startMs, endMs }) => ({ from: instantText(startMs), to: instantText(endMs) }),
    },
    read: (_, { window }) => ({ completeFor: { keyPrefix: 'row/', window } }),
  });
  const reply: Reply = (response, seen) => {
    const [from, to] = ['from', 'to'].map((name) => Date.parse(seen.query.get(name) ?? ''));
    const isLong = (to ?? 0) - (from ?? 0) > 2 * DAY_MS;
    const next = seen.query.has('cursor') ? undefined : 'x';
    json({ rows: isLong && next === undefined ? ['x'.repeat(2_000)] : [], next })(response, seen);
  };
  const { all } = await pull([halves], reply, testClient({ maxBytes: 1_000 }));
  expect(all.map(({ completeFor }) => completeFor?.window.startMs)).toEqual([
    // A first page of the whole window came before one that was too large.
    undefined,
    undefined,
    WINDOW.startMs,
    undefined,
    WINDOW.startMs + 2 * DAY_MS,
  ]);
});

test('a request may have a JSON body, and is retried like any other', async () => {
  const asks = question('graph', {
    query: { version: '2' },
    pages: { ...byCursor, first: { limit: '10' } },
    json: ({ asked }) => ({ filter: 'gpu', ...asked, token: 'sk-0123456789abcdef' }),
  });
  let tries = 0;
  const reply: Reply = (response, seen) => {
    tries += 1;
    const { limit } = JSON.parse(seen.body) as { limit?: string };
    const isBusy = tries === 1;
    json({ rows: [{ id: '1' }], ...(limit === '10' ? { next: 'c' } : {}) }, isBusy ? 503 : 200)(
      response,
      seen,
    );
  };
  const { all, requests } = await pull([asks], reply);
  expect(requests.map(({ method, body }) => [method, JSON.parse(body)])).toEqual([
    ['POST', { filter: 'gpu', limit: '10', token: 'sk-0123456789abcdef' }],
    ['POST', { filter: 'gpu', limit: '10', token: 'sk-0123456789abcdef' }],
    ['POST', { filter: 'gpu', cursor: 'c', token: 'sk-0123456789abcdef' }],
  ]);
  expect(requests[0]?.headers['content-type']).toBe('application/json');
  expect(requests.map(({ query }) => query.toString())).toEqual([
    'version=2',
    'version=2',
    'version=2',
  ]);
  expect(all.map(({ fetch }) => fetch.url.replace(/^[^?]*/, ''))).toEqual([
    '?version=2#{"filter":"gpu","limit":"10","token":"[redacted]"}',
    '?version=2#{"filter":"gpu","cursor":"c","token":"[redacted]"}',
  ]);
  expect(claims(all).at(-1)).toEqual(['cloud.graph', 1, 'row/']);
});

test('an error that means that there is nothing is an answer without facts', async () => {
  const asks = question('jobs', { isEmpty: ({ code }) => code === 'refused' });
  const said = { success: false, error: 'invalid_args', msg: 'No endpoints for user found' };
  for (const status of [400, 200]) {
    const { all } = await pull([asks, question('b')], (response, seen) =>
      seen.path === '/jobs'
        ? json(said, status)(response, seen)
        : json({ rows: [] })(response, seen),
    );
    const [empty, next] = all;
    expect(empty?.fetch.failure).toBeUndefined();
    expect(empty).not.toHaveProperty('charges');
    expect(empty).not.toHaveProperty('completeFor');
    expect(empty?.fetch.status).toBe(status);
    expect(bodyText(empty?.fetch.body)).toContain('No endpoints for user found');
    expect(next?.completeFor).toEqual(COMPLETE);
  }
});
