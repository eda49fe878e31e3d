import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createHash } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { dropConnection, json, type Reply, startServer } from '../support/httpServer.ts';
import { testClient } from '../support/testClient.ts';

async function download(reply: Reply, more: { maxBytes?: number; timeoutMs?: number } = {}) {
  const server = await startServer(reply);
  onTestFinished(() => server.close());
  const folder = await mkdtemp(join(tmpdir(), 'rentcheck-download-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const into = join(folder, 'file');
  const { http } = testClient({ retries: 1 });
  const result = await http.get({ url: new URL(`${server.origin}/a`), into, ...more });
  return { result, into, requests: server.requests };
}

const bytes = Buffer.alloc(3_000_000, 'rent ');

test('a body goes to disk and not into memory, with its digest', async () => {
  const { result, into } = await download((response) => void response.end(bytes));
  if (!result.ok) throw result.failure;
  expect(result.answer.body.byteLength).toBe(0);
  expect(result.answer.digest).toBe(createHash('sha256').update(bytes).digest('hex'));
  expect((await readFile(into)).equals(bytes)).toBe(true);
});

test('bytes with a content encoding are stored unchanged', async () => {
  const packed = gzipSync(bytes);
  const { into } = await download((response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' });
    response.end(packed);
  });
  expect((await readFile(into)).equals(packed)).toBe(true);
});

test('a second attempt overwrites the output of the first', async () => {
  let tries = 0;
  const { result, into } = await download((response, request) => {
    tries += 1;
    if (tries > 1) response.end('whole');
    else {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half of it and more', () => dropConnection(response, request));
    }
  });
  expect(result.ok).toBe(true);
  expect(await readFile(into, 'utf8')).toBe('whole');
});

test.each<[string, Reply, { maxBytes?: number; timeoutMs?: number }, string]>([
  ['an error', json({ detail: 'no' }, 403), {}, 'forbidden'],
  ['a redirect', json('', 302, { location: 'https://elsewhere/' }), {}, 'refused'],
  [
    'a body that is too long',
    (response) => void response.end(bytes),
    { maxBytes: 10 },
    'too-large',
  ],
  [
    'a body that stops arriving',
    (response) => void response.write('a'),
    { timeoutMs: 50 },
    'timeout',
  ],
  [
    'a body that breaks off',
    (response, request) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => dropConnection(response, request));
    },
    {},
    'unavailable',
  ],
  ['a closed connection', dropConnection, {}, 'unavailable'],
])('%s is a failure', async (...[, reply, more, code]) => {
  const { result } = await download(reply, more);
  if (result.ok) throw new Error('it was no failure');
  expect(result.failure.code).toBe(code);
});

test('a body may take longer than the limit for silence', async () => {
  const { result, into } = await download(
    (response) => {
      let left = 8;
      const next = () => {
        left -= 1;
        response.write('x');
        if (left > 0) setTimeout(next, 60);
        else response.end();
      };
      next();
    },
    { timeoutMs: 250 },
  );
  expect(result.ok).toBe(true);
  expect((await stat(into)).size).toBe(8);
});
