import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { sha256Hex } from '../../src/platform/digest.ts';
import type { HttpRequest, HttpResult } from '../../src/platform/http.ts';
import {
  dropConnection,
  html,
  repliesInOrder,
  json,
  type Reply,
  neverReply,
  startServer,
  type TestServer,
  truncated,
} from '../support/httpServer.ts';
import { NOW_MS, type TestClient, testClient } from '../support/testClient.ts';
import { bodyText } from '../support/bodyText.ts';

let server: TestServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function responseTo(
  reply: Reply,
  request: Partial<HttpRequest> = {},
  client: TestClient = testClient(),
) {
  server = await startServer(reply);
  const url = new URL('/v2/things?startTime=now', server.origin);
  const result = await client.http.get({ url, ...request });
  return { result, client, requests: server.requests };
}

function failureOf(result: HttpResult) {
  if (result.ok) throw new Error('it answered, though it should have failed');
  return result.failure;
}

test('an answer has its status, body, digest, URL and times', async () => {
  const { result, requests } = await responseTo(json({ a: 1 }));
  if (!result.ok) throw result.failure;
  expect(bodyText(result.answer.body)).toBe('{"a":1}');
  expect(result.answer).toMatchObject({
    status: 200,
    digest: sha256Hex('{"a":1}'),
    startedAtMs: NOW_MS,
    endedAtMs: NOW_MS,
  });
  expect(result.answer.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v2\/things\?startTime=now$/);
  expect(requests[0]?.headers['user-agent']).toMatch(/^rentcheck\/\d+\.\d+\.\d+/);
});

test.each([
  [400, 'refused'],
  [401, 'auth'],
  [402, 'refused'],
  [403, 'forbidden'],
  [404, 'not-found'],
  [422, 'refused'],
  [501, 'unavailable'],
])('status %i is %s and is not retried', async (status, code) => {
  const { result, requests, client } = await responseTo(
    json({ title: 'No', detail: 'so it is' }, status),
  );
  expect(failureOf(result).code).toBe(code);
  expect(failureOf(result).message).toMatch(
    new RegExp(`^http://127.*/v2/things\\?startTime=now returned ${status}: so it is$`),
  );
  expect(result).toMatchObject({ status });
  expect([requests.length, client.pauses.length]).toEqual([1, 0]);
});

test.each([500, 502, 503, 504, 520])('status %i is retried until it passes', async (status) => {
  const { result, requests } = await responseTo(
    repliesInOrder(json('', status), json('', status), json({})),
  );
  expect(result.ok).toBe(true);
  expect(requests).toHaveLength(3);
});

test('pauses grow, with jitter of at most a half, and attempts end', async () => {
  const { result, requests, client } = await responseTo(json('', 500));
  expect(failureOf(result).code).toBe('unavailable');
  expect(requests).toHaveLength(5);
  const full = [500, 1000, 2000, 4000];
  expect(client.pauses).toHaveLength(4);
  for (const [index, pause] of client.pauses.entries()) {
    expect(pause).toBeGreaterThanOrEqual((full[index] ?? 0) / 2);
    expect(pause).toBeLessThanOrEqual(full[index] ?? 0);
  }
});

test('Retry-After in seconds is waited for, then the answer is taken', async () => {
  const limited = json({ detail: 'minute window' }, 429, { 'retry-after': '12' });
  const { result, client } = await responseTo(repliesInOrder(limited, json({})));
  expect(result.ok).toBe(true);
  expect(client.pauses).toEqual([12_000]);
});

test('Retry-After as a date is waited for', async () => {
  const date = new Date(NOW_MS + 90_000).toUTCString();
  const { client } = await responseTo(
    repliesInOrder(json('', 503, { 'retry-after': date }), json({})),
  );
  expect(client.pauses).toEqual([90_000]);
});

test('a Retry-After above two minutes is returned at once', async () => {
  const limited = json({ error: { message: 'day window' } }, 429, { 'retry-after': '3600' });
  const { result, requests } = await responseTo(limited);
  expect(failureOf(result)).toMatchObject({ code: 'rate-limited', retryAfterMs: 3_600_000 });
  expect(failureOf(result).message).toContain('returned 429: day window');
  expect(requests).toHaveLength(1);
});

test('a server that never answers is a timeout and is retried', async () => {
  const { result, client } = await responseTo(
    neverReply,
    { timeoutMs: 40 },
    testClient({ retries: 1 }),
  );
  expect(failureOf(result).code).toBe('timeout');
  expect(failureOf(result).message).toContain('did not send a complete response within 0.04 s');
  // Not counted at the server: the time limit may expire before a request arrives.
  expect(client.pauses).toHaveLength(1);
});

test('the time limit covers the body too', async () => {
  const slow: Reply = (response) => {
    response.writeHead(200);
    response.write('{"a":');
  };
  const { result } = await responseTo(slow, { timeoutMs: 60 }, testClient({ retries: 0 }));
  expect(failureOf(result).code).toBe('timeout');
});

test('a body that ends too early is unavailable and is retried', async () => {
  const { result } = await responseTo(
    truncated({ long: 'x'.repeat(100) }),
    {},
    testClient({ retries: 0 }),
  );
  expect(failureOf(result).code).toBe('unavailable');
  expect(failureOf(result).message).toMatch(
    /closed the connection after \d+ bytes of an incomplete response/,
  );
  await server?.close();
  const again = await responseTo(repliesInOrder(truncated({ a: 'x'.repeat(100) }), json({ a: 1 })));
  expect(again.result.ok).toBe(true);
});

test('a chunked body that breaks off is unavailable', async () => {
  const broken: Reply = (response) => {
    response.writeHead(200);
    response.write('{"a":', () => response.destroy());
  };
  const { result } = await responseTo(broken, {}, testClient({ retries: 0 }));
  expect(failureOf(result).message).toContain('of an incomplete response');
});

test('a dropped connection is retried', async () => {
  const { result, requests } = await responseTo(repliesInOrder(dropConnection, json({})));
  expect(result.ok).toBe(true);
  expect(requests).toHaveLength(2);
});

test('a port without a listener is reported as such', async () => {
  const free = createServer();
  free.listen(0, '127.0.0.1');
  await once(free, 'listening');
  const { port } = free.address() as AddressInfo;
  free.close();
  await once(free, 'close');
  const client = testClient({ retries: 1 });
  const result = await client.http.get({ url: new URL(`http://127.0.0.1:${port}/`) });
  expect(failureOf(result).code).toBe('unavailable');
  expect(failureOf(result).message).toContain('connection refused (ECONNREFUSED)');
  expect(client.pauses).toHaveLength(1);
});

test('a body above the limit is too large, whatever length it announced', async () => {
  const { result, requests } = await responseTo(json({ a: 'x'.repeat(5000) }), { maxBytes: 1000 });
  expect(failureOf(result).code).toBe('too-large');
  expect(failureOf(result).message).toContain('sent more than 1000 bytes');
  expect(requests).toHaveLength(1);
});

test('the limit counts unpacked bytes, so a small gzip cannot fill the memory', async () => {
  const bomb = gzipSync(Buffer.alloc(2_000_000));
  const packed: Reply = (response) => {
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': String(bomb.length) });
    response.end(bomb);
  };
  const { result } = await responseTo(packed, { maxBytes: 100_000 });
  expect(failureOf(result).code).toBe('too-large');
});

test('a redirect is refused, and the key is sent nowhere else', async () => {
  const elsewhere = await startServer(json({}));
  const redirect = json('', 302, { location: `${elsewhere.origin}/catch` });
  const { result } = await responseTo(redirect, {
    headers: { authorization: 'Bearer sk-12345678' },
  });
  expect(failureOf(result).code).toBe('refused');
  expect(failureOf(result).message).toContain(`a redirect to ${elsewhere.origin}/catch`);
  expect(failureOf(result).hint).toContain('baseUrl');
  expect(elsewhere.requests).toHaveLength(0);
  await elsewhere.close();
});

test('an HTML error page is named, not quoted', async () => {
  const { result } = await responseTo(html(403));
  expect(failureOf(result).message).toMatch(/returned 403: an HTML page instead of JSON$/);
});

test('a long plain error is one line of two hundred characters', async () => {
  const { result } = await responseTo(json(`bad\n\u0007 ${'x'.repeat(1000)}`, 400));
  expect(failureOf(result).message.split(' 400: ')[1]).toBe(`bad ${'x'.repeat(196)}…`);
});

test('the key is in no message, URL or body, even if the server repeats it', async () => {
  const key = 'rpa_S3cret+Key/==';
  const echo: Reply = (response, request) => {
    const authorization = String(request.headers.authorization);
    json({ detail: `no such key: ${authorization} ${key}` }, 401)(response, request);
  };
  server = await startServer(echo);
  const url = new URL(`/?api_key=${encodeURIComponent(key)}`, server.origin);
  const result = await testClient().http.get({ url, headers: { Authorization: `Bearer ${key}` } });
  const body = result.ok ? '' : bodyText(result.body);
  const all = `${JSON.stringify(result)} ${failureOf(result).message} ${body}`;
  expect(all).not.toContain(key);
  expect(all).not.toContain(encodeURIComponent(key));
  expect(all).toContain('[redacted]');
});

test('user and password of a URL are sent as a header and shown nowhere', async () => {
  server = await startServer(json({}));
  const url = new URL(server.origin.replace('http://', 'http://ann:p%40ssw0rd@'));
  const result = await testClient().http.get({ url });
  if (!result.ok) throw result.failure;
  const sent = server.requests[0]?.headers.authorization ?? '';
  expect(Buffer.from(sent.slice(6), 'base64').toString()).toBe('ann:p@ssw0rd');
  expect(result.answer.url).toBe(`${server.origin}/`);
});

test('a key with a line break is refused without being quoted or sent', async () => {
  const headers = { authorization: 'Bearer abcdefgh\nX-Other: 1' };
  const { result, requests } = await responseTo(json({}), { headers });
  expect(failureOf(result).code).toBe('config');
  expect(JSON.stringify(failureOf(result)) + failureOf(result).message).not.toContain('abcdefgh');
  expect(requests).toHaveLength(0);
});
