/** The contract of a source: tests that every kind of source must pass. */

import { describe, expect, test } from 'vitest';
import { FAILURES } from '../../src/domain/failure.ts';
import type { Fetched, Located } from '../../src/domain/provenance.ts';
import type { MachineKind } from '../../src/domain/uptime.ts';
import { createSecret } from '../../src/platform/secret.ts';
import type { PullRequest, Source, SourceKind } from '../../src/sources/source.ts';
import {
  dropConnection,
  html,
  json,
  type Reply,
  startServer,
  truncated,
} from '../support/httpServer.ts';
import { testClient } from '../support/testClient.ts';

export interface SourceSubject {
  readonly kind: SourceKind;
  /** Options for a provider at `origin`, as config passes them in: secrets as secrets. */
  options(origin: string, secret: ReturnType<typeof createSecret>): object;
  readonly request: PullRequest;
  /** A healthy provider that returns at least one fact of each kind that the source provides. */
  readonly healthy: Reply;
  /** Which list of a fetch holds each kind of fact. */
  readonly toldIn: Readonly<Record<string, FactList>>;
  /** True where the source needs no key because its data is public. */
  readonly isPublic?: true;
}

type FactList =
  | 'charges'
  | 'usage'
  | 'requestCounts'
  | 'resources'
  | 'priceSnapshots'
  | 'prices'
  | 'rates';
const LISTS: readonly FactList[] = [
  'charges',
  'usage',
  'requestCounts',
  'resources',
  'priceSnapshots',
  'prices',
  'rates',
];

const SECRET = 'sk-contract/S3cret+0123456789==';
const SPELLINGS = [SECRET, encodeURIComponent(SECRET), Buffer.from(SECRET).toString('base64')];

function factsOf(fetched: Fetched, list: FactList): readonly Located<unknown>[] {
  return fetched[list] ?? [];
}

/** Everything that one pull yields. */
export async function pullFromSource(source: Source, request: PullRequest): Promise<Fetched[]> {
  const all: Fetched[] = [];
  for await (const fetched of source.pull(request)) all.push(fetched);
  return all;
}

/** Everything yielded, as one text: bigints as digits, bodies decoded. */
export function yieldedText(all: readonly Fetched[]): string {
  return JSON.stringify(all, (_key, value: unknown) => {
    if (typeof value === 'bigint') return value.toString();
    return value instanceof Uint8Array ? new TextDecoder().decode(value) : value;
  });
}

async function pulledFrom(subject: SourceSubject, reply: Reply, secret: string | undefined) {
  const server = await startServer(reply);
  try {
    const client = testClient({ retries: 1, timeoutMs: 30_000 });
    const options = subject.options(
      server.origin,
      createSecret('${KEY}', () => secret),
    );
    const source = subject.kind.create('main', subject.kind.options.parse(options), client);
    return { all: await pullFromSource(source, subject.request), server, source };
  } finally {
    await server.close();
  }
}

export function sourceContract(subject: SourceSubject): void {
  describe(`the contract of a source, kept by ${subject.kind.kind}`, () => {
    goodHealth(subject);
    machines(subject);
    idempotence(subject);
    troubles(subject);
    if (subject.isPublic === true) openness(subject);
    else secrecy(subject);
  });
}

function goodHealth(subject: SourceSubject): void {
  test('each kind of fact it promises is provided, under its own id', async () => {
    const { all, source } = await pulledFrom(subject, subject.healthy, SECRET);
    expect(source).toMatchObject({ id: 'main', kind: subject.kind.kind });
    expect([...source.provides]).toEqual([...subject.kind.provides]);
    for (const result of subject.kind.provides) {
      const list = subject.toldIn[result];
      if (list === undefined) throw new Error(`the subject does not say where ${result} is`);
      expect(all.flatMap((fetched) => factsOf(fetched, list)).length).toBeGreaterThan(0);
    }
    const facts = all.flatMap((fetched) => LISTS.flatMap((list) => factsOf(fetched, list)));
    for (const { fact } of facts) expect(fact).toMatchObject({ sourceId: 'main' });
  });

  test('asked for one kind of fact alone, it returns the same as when asked for all', async () => {
    const { all } = await pulledFrom(subject, subject.healthy, SECRET);
    for (const result of subject.kind.provides) {
      const list = subject.toldIn[result] ?? 'charges';
      const alone = { ...subject, request: { ...subject.request, facts: [result] } };
      const { all: some } = await pulledFrom(alone, subject.healthy, SECRET);
      const factsIn = (pulled: readonly Fetched[]) =>
        pulled.flatMap((fetched) => factsOf(fetched, list)).map(({ fact }) => fact);
      expect(factsIn(some)).toEqual(factsIn(all));
    }
  });

  test('each answer is traceable to its request, its bytes and its time', async () => {
    const { all, server } = await pulledFrom(subject, subject.healthy, SECRET);
    for (const { fetch } of all) {
      expect(fetch.failure).toBeUndefined();
      expect(fetch.sourceId).toBe('main');
      expect(fetch.url.startsWith(server.origin)).toBe(true);
      expect(fetch.digest).toMatch(/^[0-9a-f]{64}$/);
      expect(fetch.body?.byteLength).toBeGreaterThan(0);
      expect(fetch.endedAtMs).toBeGreaterThanOrEqual(fetch.startedAtMs);
    }
  });

  test('an unknown option is refused', () => {
    const options = subject.options(
      'http://127.0.0.1:1',
      createSecret('k', () => 'x'),
    );
    expect(subject.kind.options.safeParse(options).success).toBe(true);
    expect(subject.kind.options.safeParse({ ...options, apikey_: 1 }).success).toBe(false);
  });
}

const MACHINES: readonly string[] = ['pod', 'instance', 'cluster'] satisfies MachineKind[];

function machines(subject: SourceSubject): void {
  test('for each kind of machine that it lists, it says which states are billed', async () => {
    const { all, source } = await pulledFrom(subject, subject.healthy, SECRET);
    const { states = {} } = source;
    const listed = all.flatMap(({ resources = [] }) => resources.map(({ fact }) => fact.kind));
    const kinds = new Set(listed.filter((kind) => MACHINES.includes(kind)));
    expect(Object.keys(states)).toEqual(expect.arrayContaining([...kinds]));
    expect(source.provides.includes('inventory') || Object.keys(states).length === 0).toBe(true);
    for (const { billed, idle, starting } of Object.values(states)) {
      const words = [...billed, ...idle, ...starting].map((word) => word.toLowerCase());
      expect(new Set(words).size).toBe(words.length);
    }
  });
}

function idempotence(subject: SourceSubject): void {
  test('pulling twice yields the same facts in the same order', async () => {
    const server = await startServer(subject.healthy);
    const options = subject.options(
      server.origin,
      createSecret('k', () => SECRET),
    );
    const source = subject.kind.create('main', subject.kind.options.parse(options), testClient());
    const first = await pullFromSource(source, subject.request);
    const second = await pullFromSource(source, subject.request);
    await server.close();
    expect(second).toEqual(first);
  });
}

function troubles(subject: SourceSubject): void {
  const replies: readonly (readonly [string, Reply])[] = [
    ['a 401', json({ title: 'Unauthorized', detail: 'bad key' }, 401)],
    ['a 403', json({ title: 'Forbidden', detail: 'no access' }, 403)],
    ['a 404', json({ title: 'Not Found', detail: 'nothing here' }, 404)],
    ['a 429', json({ title: 'Too Many', detail: 'slower' }, 429, { 'retry-after': '1' })],
    ['a 500', json('', 500)],
    ['an HTML page', html()],
    ['an empty body', json('')],
    ['a JSON that breaks off', json('{"records":[{"startT')],
    ['a body that is cut', truncated({ data: 'x'.repeat(200) })],
    ['a closed connection', dropConnection],
    ['another JSON', json(['surprise'])],
    ['null', json('null')],
    ['200 with an error inside', json({ title: 'Oops', status: 500, detail: 'inside' })],
  ];
  test.each(replies)(
    '%s is a failure that says what to do, and brings no facts',
    async (...trouble) => {
      const { all } = await pulledFrom(subject, trouble[1], SECRET);
      expect(all.length).toBeGreaterThan(0);
      for (const fetched of all) {
        const { failure } = fetched.fetch;
        expect(Object.keys(FAILURES)).toContain(failure?.code);
        expect(failure?.message).toMatch(/; \S.*\S/);
        for (const list of LISTS) expect(factsOf(fetched, list)).toEqual([]);
        expect(fetched.completeFor).toBeUndefined();
      }
    },
  );

  test('a rejected key is tried once', async () => {
    const { all, server } = await pulledFrom(subject, json({ detail: 'bad key' }, 401), SECRET);
    expect(all.map(({ fetch }) => fetch.failure?.code)).toEqual(['auth']);
    expect(server.requests).toHaveLength(1);
  });
}

function openness(subject: SourceSubject): void {
  test('a source without a key sends no key', async () => {
    const { server } = await pulledFrom(subject, subject.healthy, undefined);
    expect(server.requests.length).toBeGreaterThan(0);
    for (const { headers, path } of server.requests) {
      expect(Object.keys(headers).filter((name) => /auth|key|token/i.test(name))).toEqual([]);
      expect(path).not.toContain(SECRET);
    }
  });
}

function secrecy(subject: SourceSubject): void {
  const nosy: Reply = (response, request) => {
    const sent = String(request.headers.authorization);
    json({ detail: `${sent} ${SECRET} ${SPELLINGS.join(' ')}` }, 500)(response, request);
  };

  test('the key is in nothing that is yielded, even where the provider echoes it', async () => {
    for (const reply of [subject.healthy, nosy]) {
      const { all, server } = await pulledFrom(subject, reply, SECRET);
      const sent = JSON.stringify(server.requests.map(({ headers }) => headers));
      expect(SPELLINGS.some((spelling) => sent.includes(spelling))).toBe(true);
      for (const spelling of SPELLINGS) expect(yieldedText(all)).not.toContain(spelling);
    }
  });

  test('without its key it sends no request and names the missing secret', async () => {
    const { all, server } = await pulledFrom(subject, subject.healthy, undefined);
    expect(all.map(({ fetch }) => fetch.failure?.code)).toEqual(['config']);
    expect(all[0]?.fetch.failure?.message).toContain('${KEY}');
    expect(server.requests).toHaveLength(0);
  });
}
