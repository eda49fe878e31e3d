/** Tests the engines that replicas show, and the message where none answers. */

import { expect, onTestFinished, test } from 'vitest';
import { settableClock } from '../../../src/platform/clock.ts';
import { createHttpClient } from '../../../src/platform/httpClient.ts';
import { scrapeKind } from '../../../src/sources/registry.ts';
import { type Reply, startServer } from '../../support/httpServer.ts';
import { vllmText } from './stage.ts';

const NOW_MS = Date.UTC(2026, 4, 12, 10);
const HOUR = { startMs: NOW_MS - 3_600_000, endMs: NOW_MS };

const vllm = vllmText({ prompt: 5, output: 3, running: 0 });
const sglang = ['prompt_tokens_total', 'generation_tokens_total']
  .map((name) => `sglang:${name}{model_name="Qwen/Qwen3-32B",tp_rank="0"} 7.0\n`)
  .join('');

const page =
  (text: string, status = 200): Reply =>
  (response) => {
    response.writeHead(status, { 'content-type': 'text/plain; version=0.0.4' }).end(text);
  };

async function looking(...replies: readonly Reply[]) {
  const servers = await Promise.all(replies.map((reply) => startServer(reply)));
  onTestFinished(async () => {
    for (const server of servers) await server.close();
  });
  const clock = settableClock(NOW_MS);
  const http = createHttpClient({ clock, retries: 0, sleep: () => Promise.resolve() });
  const request = { targets: servers.map(({ origin }) => origin) };
  const source = scrapeKind.create('pods', scrapeKind.options.parse(request), { clock, http });
  return { servers, found: source.seen?.(HOUR) };
}

test('replicas report their engines and models, each in the places where it answers', async () => {
  const { servers, found } = await looking(page(vllm), page(sglang), page(vllm));
  const [one, , other] = servers.map(({ origin }) => new URL(origin).host);
  const engines = await found;
  expect(engines).toMatchObject([
    { engine: 'vllm', model: 'm', match: { model_name: 'm' }, spellings: ['vllm:'] },
    { engine: 'sglang', model: 'Qwen/Qwen3-32B', match: { model_name: 'Qwen/Qwen3-32B' } },
  ]);
  const places = engines?.[0]?.places.map((labels) => labels['instance']);
  expect(new Set(places)).toEqual(new Set([one, other]));
  expect(servers.map(({ requests }) => requests.map(({ path }) => path))).toEqual([
    ['/metrics'],
    ['/metrics'],
    ['/metrics'],
  ]);
});

test('a replica that is silent or unusual hides none that answers', async () => {
  const { found } = await looking(page('no', 503), page('<html></html>'), page(vllm));
  expect(await found).toMatchObject([{ engine: 'vllm', places: [{ engine: '0' }] }]);
});

test('pages without counters of an engine give none', async () => {
  expect(await (await looking(page('up 1\n'))).found).toEqual([]);
});

test('where no replica answers the reason is reported', async () => {
  const { found } = await looking(page('no', 403), page('no', 403));
  await expect(found).rejects.toMatchObject({ name: 'Failure', code: 'forbidden' });
});
