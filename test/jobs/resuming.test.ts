/** How a long pull continues after it was cut off. */

import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/period.ts';
import type { JobContext } from '../../src/jobs/job.ts';
import { pullJob } from '../../src/jobs/pull.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { settableClock } from '../../src/platform/clock.ts';
import { canonicalDigest } from '../../src/platform/digest.ts';
import { createHttpClient } from '../../src/platform/httpClient.ts';
import { prometheusKind } from '../../src/sources/registry.ts';
import { loadConfigText } from '../config/configFile.ts';
import { folderWith } from '../support/cli.ts';
import { html, startServer, type TestServer } from '../support/httpServer.ts';
import { startSynthetic } from '../support/syntheticPrometheus.ts';
import { processSeries, steadyScrapes } from '../support/vllmSeries.ts';

const START = Date.UTC(2026, 4, 1);
const TEN_DAYS = { from: START, to: START + 10 * DAY_MS };
const MODELS = ['a', 'b'];
const steady = steadyScrapes(
  { fromMs: START - HOUR_MS, toMs: TEN_DAYS.to + HOUR_MS, everyMs: 5 * MINUTE_MS },
  { prompt: 9, output: 3 },
);
const series = MODELS.flatMap((model) =>
  processSeries({ instance: `${model}:8000`, model_name: model }, steady),
);

const clock = settableClock(TEN_DAYS.to + 3 * DAY_MS);
let [good, server]: (TestServer | undefined)[] = [];
let ledger: Ledger;
/** Questions about usage that are still answered. After that the connection closes. */
let answersLeft = Number.POSITIVE_INFINITY;
let lines: string[];

beforeEach(async () => {
  answersLeft = Number.POSITIVE_INFINITY;
  lines = [];
  clock.set(TEN_DAYS.to + 3 * DAY_MS);
  good = await startSynthetic(series);
  const { origin } = good;
  server = await startServer((response, request) => {
    answersLeft -= 1;
    if (answersLeft < 0) return html(403)(response, request);
    void fetch(`${origin}${request.path}?${request.query.toString()}`)
      .then((answer) => answer.text())
      .then((text) => response.end(text))
      // A stopped pull leaves requests open, and their server closes with the test.
      .catch(() => response.destroy());
  });
  ledger = await openLedger(join(await folderWith({}), 'l.db'), { clock });
});
afterEach(async () => {
  await ledger.close();
  await Promise.all([good?.close(), server?.close()]);
});

async function contextWith(match = 'a', more: Partial<JobContext> = {}): Promise<JobContext> {
  const usage = (model: string) => `usage: { source: prom, match: { model_name: ${model} } }`;
  const deployment = (id: string, model: string) =>
    `  ${id}: { model: m, gpu: { type: H100 }, resources: [{ source: import }], ${usage(model)} }`;
  const config = await loadConfigText(
    [
      `sources: { prom: { kind: prometheus, url: "${server?.origin}" } }`,
      'deployments:',
      deployment('one', match),
      deployment('two', 'b'),
    ].join('\n'),
  );
  const http = createHttpClient({ clock, sleep: () => Promise.resolve() });
  const options = prometheusKind.options.parse({ url: server?.origin });
  const sources = new Map([['prom', prometheusKind.create('prom', options, { clock, http })]]);
  const context = {
    config,
    ledger,
    clock,
    sources,
    audits: { digest: canonicalDigest },
    progress: (line: string) => void lines.push(line),
    ...more,
  };
  // Members that this job does not use are missing.
  return context as unknown as JobContext;
}

const pull = async (context: JobContext) => pullJob.run(context, { source: 'prom', ...TEN_DAYS });
const daysAsked = (from: number) =>
  (server?.requests ?? [])
    .slice(from)
    .map(({ query }) => (Number(query.get('time')) * 1000 - HOUR_MS - START) / DAY_MS);
const facts = async () =>
  (
    await ledger.query(
      'SELECT deployment, start_ms, output_tokens FROM usage JOIN usage_series ' +
        'USING (series_ref) ORDER BY 1, 2',
    )
  ).rows;
const twice = (from: number, to: number) =>
  Array.from({ length: 2 * (to - from) }, (_, index) => from + 1 + Math.floor(index / 2));

describe('a pull of many days', () => {
  it('requests day by day, reports progress, and starts over once it has ended', async () => {
    await pull(await contextWith());
    expect(daysAsked(0)).toEqual(twice(0, 10));
    expect(lines).toContain(
      'prom: read up to 2026-05-04T00:00:00Z, 30% of the period; 6 responses, 1,728 new facts',
    );
    expect(await ledger.work.done()).toEqual([]);
    const before = server?.requests.length ?? 0;
    await pull(await contextWith());
    expect(daysAsked(before)).toEqual(twice(0, 10));
  });

  it('that failed requests only the rest, with the facts of one that did not fail', async () => {
    answersLeft = 8;
    const failed = await pull(await contextWith());
    expect(failed).toMatchObject({ result: { failures: [{ code: 'forbidden' }, {}] } });
    expect(await ledger.work.pulledWindows()).toEqual([]);
    answersLeft = Number.POSITIVE_INFINITY;
    const before = server?.requests.length ?? 0;
    const ended = await pull(await contextWith());
    expect(daysAsked(before)).toEqual(twice(4, 10));
    expect(ended).toMatchObject({ kind: 'done', shortfalls: [] });
    expect(ended.result?.warnings).toContain(
      'This pull continues an earlier one that was interrupted at 2026-05-05T00:00:00Z.',
    );
    const resumed = await facts();
    expect(resumed).toHaveLength(2 * 10 * 288);
    await pull(await contextWith());
    expect(await facts()).toEqual(resumed);
  });

  it('that was stopped in the middle continues after the last complete day', async () => {
    let answers = 0;
    const stopping = await contextWith('a', {
      progress: () => {
        answers += 1;
        if (answers === 7) throw new Error('stopped');
      },
    });
    await expect(pull(stopping)).rejects.toThrow('stopped');
    const before = server?.requests.length ?? 0;
    await pull(await contextWith());
    expect(daysAsked(before)).toEqual(twice(3, 10));
    expect(await facts()).toHaveLength(2 * 10 * 288);
  });

  it('starts over if its question differs from that of the one that was cut off', async () => {
    answersLeft = 8;
    await pull(await contextWith());
    answersLeft = Number.POSITIVE_INFINITY;
    const before = server?.requests.length ?? 0;
    await pull(await contextWith('"a*"'));
    expect(daysAsked(before)).toEqual(twice(0, 10));
  });

  it('requests a day again that may still have changed when it was pulled', async () => {
    clock.set(START + 4 * DAY_MS + HOUR_MS);
    answersLeft = 8;
    await pull(await contextWith());
    clock.set(TEN_DAYS.to + 3 * DAY_MS);
    answersLeft = Number.POSITIVE_INFINITY;
    const before = server?.requests.length ?? 0;
    await pull(await contextWith());
    expect(daysAsked(before)).toEqual(twice(3, 10));
  });

  it('that continues still detects a deployment that is missing everywhere', async () => {
    answersLeft = 8;
    await pull(await contextWith('nobody'));
    answersLeft = Number.POSITIVE_INFINITY;
    const ended = await pull(await contextWith('nobody'));
    expect(ended.result?.failures).toMatchObject([{ code: 'no-data' }]);
    expect(await ledger.work.pulledWindows()).toEqual([]);
  });
});

it('a pull that uses all of its time is stopped and retried', async () => {
  const base = await contextWith();
  const http = { ...base.config.http, pullMostMs: 40 };
  const ended = await pull({ ...base, config: { ...base.config, http } });
  expect(ended).toMatchObject({
    kind: 'retry',
    reason: expect.stringContaining('Pull again to get the rest, or raise http.pullMinutes'),
  });
});
