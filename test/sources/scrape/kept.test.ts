/** Tests what is stored of a scrape round: the samples of each replica, packed, and read again. */

import { expect, test } from 'vitest';
import { MINUTE_MS } from '../../../src/domain/period.ts';
import {
  readScrapes,
  type ReplicaScrape,
  toRoundBody,
} from '../../../src/sources/scrape/history.ts';
import { REREAD_RULE } from '../../../src/sources/scrape/options.ts';
import { startReplicas, vllmText } from './stage.ts';

const TOKENS = 'vllm:prompt_tokens_total';
const NAMES = new Set([TOKENS]);

const scrapeOf = (url: string, value: number, model = 'm'): ReplicaScrape => ({
  url,
  atMs: 0,
  samples: [{ name: TOKENS, labels: { model_name: model }, value }],
});

test('a round is read again replica by replica, whatever a label contains', () => {
  const ring = [
    scrapeOf('http://10.0.0.1:8000/metrics', 1),
    scrapeOf(
      'http://10.0.0.2:8000/metrics#pod=ü',
      2,
      'x\n# replica http://10.0.0.1:8000/metrics\n',
    ),
    { url: 'http://10.0.0.3:8000/metrics', atMs: 0, samples: [] },
    scrapeOf('http://10.0.0.4:8000/metrics', 4, 'ü 💸'),
  ];
  const body = toRoundBody(ring);
  const answers = ring.map(({ url, atMs }) => ({ url, atMs, body }));
  expect(readScrapes(answers, NAMES)).toEqual(ring);
});

test('an older record of a single replica is still read', () => {
  const body = Buffer.from(`${TOKENS}{model_name="m"} 7\n`);
  const url = 'http://10.0.0.1:8000/metrics';
  expect(readScrapes([{ url, atMs: 0, body }], NAMES)).toEqual([scrapeOf(url, 7)]);
});

test('the ledger stores the bytes of a round once, and every answer refers to them', async () => {
  const counting = (nowMs: number) => vllmText({ prompt: nowMs / MINUTE_MS, output: 1 });
  const stage = await startReplicas([counting, counting, counting]);
  try {
    const startMs = Date.UTC(2026, 4, 12, 10);
    for (const minute of [0, 1, 2, 3]) await stage.scrapeAt(startMs + minute * MINUTE_MS);
    const { rows } = await stage.ledger.query(
      'SELECT count(*), count(DISTINCT body_ref), (SELECT count(*) FROM raw_body) FROM fetch',
    );
    expect(rows[0]?.map(Number)).toEqual([12, 4, 4]);
    const choice = { sourceId: 'pods', ...REREAD_RULE };
    const answers = await stage.ledger.facts.storedResponses(choice, stage.clock.nowMs());
    const read = readScrapes(answers, NAMES).map(({ url, samples: [first] }) => [
      url,
      first?.value,
    ]);
    const urls = stage.servers.map(({ origin }) => `${origin}/metrics`).sort();
    const counts = [0, 1, 2, 3].map((minute) => startMs / MINUTE_MS + minute);
    expect(read).toEqual(counts.flatMap((count) => urls.map((url) => [url, count])));
  } finally {
    await stage.close();
  }
});
