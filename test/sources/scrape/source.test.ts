import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../src/domain/period.ts';
import type { UsageRow } from '../../../src/domain/usage.ts';
import { failuresOf, warningsOf } from '../../support/prometheusSource.ts';
import { CHAT_TARGET, type Replica, type ScrapeStage, startReplicas, vllmText } from './stage.ts';

/** Scrapes fall on 7 s past the minute. */
const START = Date.UTC(2026, 4, 12, 10, 0, 7);
const minute = (count: number) => START + count * MINUTE_MS;

let stage: ScrapeStage | undefined;
afterEach(async () => {
  await stage?.close();
  stage = undefined;
});

/** A process that started so long ago and counts 100 prompt and 10 output tokens each minute. */
function steady(createdMs: number, isKnown = true): Replica {
  return (nowMs) => {
    const minutes = Math.floor((nowMs - createdMs) / MINUTE_MS);
    if (minutes < 0) return undefined;
    const counted = { prompt: 100 * minutes, output: 10 * minutes, requests: minutes };
    return vllmText({ ...counted, ...(isKnown ? { createdMs } : {}) });
  };
}

const OLD = START - 100 * HOUR_MS;

async function ringing(replicas: readonly Replica[], minutes: Iterable<number>) {
  stage ??= await startReplicas(replicas);
  for (const count of minutes) await stage.scrapeAt(minute(count));
  return stage.rows();
}

const upTo = (last: number) => Array.from({ length: last + 1 }, (_, count) => count);
const promptsOf = (rows: readonly UsageRow[]) => rows.map((row) => row.uncachedPromptTokens);
const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

describe('replicas that are scraped each minute', () => {
  test('report for each five minutes what they served, one interval later', async () => {
    const rows = await ringing([steady(OLD), steady(OLD)], upTo(20));
    // The first scrape is an anchor; four more fall into the first interval, five into the others.
    expect(promptsOf(rows)).toEqual([800, 1_000, 1_000]);
    expect(rows.map(({ outputTokens }) => outputTokens)).toEqual([80, 100, 100]);
    expect(rows.map(({ requests }) => requests)).toEqual([8, 10, 10]);
    // Two replicas, seen from 7 s past the hour on.
    expect(rows.map(({ replicaMs }) => replicaMs)).toEqual([586_000, 600_000, 600_000]);
    expect(rows.map(({ busyMs }) => busyMs)).toEqual([586_000, 600_000, 600_000]);
    expect(rows[0]?.period.startMs).toBe(START - 7_000);
    expect(rows.some(({ estimated }) => estimated)).toBe(false);
  });

  test('are reported once, however often they are pulled and by whichever worker', async () => {
    const twice = upTo(20).flatMap((count) => [count, count + 0.1]);
    const rows = await ringing([steady(OLD), steady(OLD)], twice);
    expect(promptsOf(rows)).toEqual([800, 1_000, 1_000]);
    const { rows: stored } = (await stage?.ledger.query('SELECT count(*) FROM usage')) ?? {};
    expect(Number(stored?.[0]?.[0])).toBe(3);
  });

  test('are counted once each where a worker is killed between two writes', async () => {
    stage = await startReplicas([steady(OLD), steady(OLD)]);
    for (const count of upTo(30)) {
      // Killed after none of the answers, or after the first of two.
      const killedAt = count % 10 === 5 ? 0 : count % 10 === 6 ? 1 : 2;
      await stage.scrapeAt(minute(count), { killedAt });
    }
    expect(sum(promptsOf(await stage.rows()))).toBe(800 + 4 * 1_000);
  });

  test('are counted from the start of one that appears to the end of one that goes', async () => {
    const born = minute(7) - 30_000;
    const gone: Replica = (nowMs) => (nowMs < minute(12) ? steady(OLD)(nowMs) : undefined);
    const rows = await ringing([steady(OLD), steady(born), gone], upTo(25));
    // The second: 100 at minute 8 (90 s old), then 100 each minute.
    expect(promptsOf(rows)).toEqual([800, 1_000 + 200, 500 + 500 + 200, 1_000]);
  });

  test('restart, and lose only what they served after the last scrape', async () => {
    const restarting: Replica = (nowMs) =>
      nowMs < minute(8) ? steady(OLD)(nowMs) : steady(minute(8) - 65_000)(nowMs);
    const rows = await ringing([restarting], upTo(20));
    // Scrapes 5 to 9 find 100, 100, 100, then 100 since the start, and 100 more.
    expect(promptsOf(rows)).toEqual([400, 500, 500]);
    expect(rows[1]?.replicaMs).toBe(240_000);
  });

  test('that were silent for a while are estimated once they answer again', async () => {
    const silent: Replica = (nowMs) =>
      nowMs > minute(6) && nowMs < minute(14) ? undefined : steady(OLD)(nowMs);
    const rows = await ringing([steady(OLD), silent], upTo(30));
    expect(sum(promptsOf(rows))).toBe(2 * (400 + 4 * 500));
    expect(rows.map(({ estimated }) => estimated ?? false)).toEqual([
      false,
      true,
      true,
      false,
      false,
    ]);
  });

  test('that were silent from their start on are reported when they first answer', async () => {
    const late: Replica = (nowMs) => (nowMs < minute(20) ? undefined : steady(minute(1))(nowMs));
    const rows = await ringing([steady(OLD), late], upTo(35));
    // Up to minute 29: 29 minutes of the one, and 28 of the other, which began in the first.
    expect(sum(promptsOf(rows))).toBe(2_900 + 2_800);
    // Minute 1 to 20 are reported at once; the time before the first answer was not seen.
    const guessed = rows.filter(({ estimated }) => estimated === true);
    expect([guessed.length, rows.length]).toEqual([5, 6]);
    expect(rows[1]?.replicaMs).toBe(300_000);
  });

  test('that never answer make nothing an estimate', async () => {
    const rows = await ringing([steady(OLD), () => undefined], upTo(20));
    expect(promptsOf(rows)).toEqual([400, 500, 500]);
    expect(rows.some(({ estimated }) => estimated)).toBe(false);
  });

  test('leave a gap, and no zero, where none answers and none comes back', async () => {
    const dying: Replica = (nowMs) => (nowMs > minute(11) ? undefined : steady(OLD)(nowMs));
    const rows = await ringing([dying], upTo(60));
    expect(promptsOf(rows)).toEqual([400, 500, 200]);
    expect(rows.at(-1)?.replicaMs).toBe(67_000);
  });

  test('report what they served while no worker ran, spread over the time', async () => {
    const rows = await ringing([steady(OLD)], [...upTo(12), ...upTo(20).map((one) => one + 312)]);
    // 332 minutes: all except what is not reported yet.
    expect(sum(promptsOf(rows))).toBe(400 + 500 * 64);
    expect(rows).toHaveLength(65);
    expect(rows.filter(({ estimated }) => estimated).length).toBeGreaterThan(55);
  });
});

test('a replica that ends while no worker runs counts once, up to its last scrape', async () => {
  const gone: Replica = (nowMs) => (nowMs > minute(14) ? undefined : steady(OLD)(nowMs));
  const rows = await ringing([gone], [...upTo(12), ...upTo(30).map((one) => one + 200)]);
  expect(promptsOf(rows)).toEqual([400, 500, 300]);
  const { rows: result } = (await stage?.ledger.query('SELECT count(*) FROM usage')) ?? {};
  expect(Number(result?.[0]?.[0])).toBe(3);
});

test('latency is reported by whole hours, from buckets every five minutes', async () => {
  const bucket = (le: string, count: number) =>
    `vllm:time_to_first_token_seconds_bucket{engine="0",le="${le}",model_name="m"} ${count}.0\n`;
  const timed: Replica = (nowMs) => {
    const minutes = Math.floor((nowMs - OLD) / MINUTE_MS);
    return `${steady(OLD)(nowMs)}${bucket('0.5', 3 * minutes)}${bucket('+Inf', 4 * minutes)}`;
  };
  stage = await startReplicas([timed]);
  const result = [];
  for (const count of upTo(80)) result.push(...(await stage.scrapeAt(minute(count))));
  const latency = result.flatMap(({ latency: some = [] }) => some.map(({ fact }) => fact));
  // Buckets of 10:00 to 10:55: 55 minutes of 3 answers in time and 1 beyond.
  expect(latency).toEqual([
    {
      sourceId: 'pods',
      deployment: 'chat',
      measure: 'time-to-first-token',
      period: { startMs: START - 7_000, endMs: START - 7_000 + HOUR_MS },
      boundsSeconds: [0.5],
      counts: [165, 55],
    },
  ]);
  const bodies = result.map(({ fetch }) => new TextDecoder().decode(fetch.body as Uint8Array));
  expect(bodies.filter((text) => text.includes('_bucket'))).toHaveLength(17);
});

test('one process at two addresses is not left out, and a warning names both, once', async () => {
  stage = await startReplicas([steady(OLD), steady(OLD)]);
  const warnings: string[] = [];
  for (const count of upTo(40)) warnings.push(...warningsOf(await stage.scrapeAt(minute(count))));
  const [first, second] = stage.servers.map(({ origin }) => new URL(origin).host).sort();
  const ofTwo = warnings.filter((text) => text.includes('one process at two addresses'));
  expect(ofTwo).toEqual([expect.stringContaining(`${first} and ${second}`)]);
  expect(promptsOf(await stage.rows()).slice(0, 2)).toEqual([800, 1_000]);
});

describe('a bad sample', () => {
  test('is not counted, and its interval is an estimate', async () => {
    const spiked: Replica = (nowMs) =>
      nowMs === minute(9)
        ? vllmText({ prompt: 9e12, output: 9e11, createdMs: OLD })
        : steady(OLD)(nowMs);
    const rows = await ringing([spiked], upTo(25));
    expect(sum(promptsOf(rows))).toBe(400 + 3 * 500);
  });

  test('that is not a valid count is skipped and named', async () => {
    const odd = vllmText({ prompt: 0, output: 0 }).replace(/ 0\.0\n(.*) 0\.0/, ' 1.5\n$1 -1');
    stage = await startReplicas([() => odd]);
    const [fetched] = await stage.scrapeAt(START);
    expect(fetched?.rejects?.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('vllm:prompt_tokens_total is 1.5, expected a counter value'),
      expect.stringContaining('vllm:generation_tokens_total is -1, expected a counter value'),
    ]);
  });

  test('that says that fewer than no requests run is skipped and named', async () => {
    stage = await startReplicas([() => vllmText({ prompt: 0, output: 0, running: -2 })]);
    const [fetched] = await stage.scrapeAt(START);
    expect(fetched?.rejects?.map(({ reason }) => reason)).toEqual([
      'vllm:num_requests_running is -2; the sample was ignored',
    ]);
  });

  test('that repeats a series with another value is skipped and named', async () => {
    const page = vllmText({ prompt: 500, output: 50 });
    // Pages of two processes that were merged into one.
    stage = await startReplicas([() => page + page.replace('500.0', '700.0')]);
    const [fetched] = await stage.scrapeAt(START);
    expect(fetched?.rejects?.map(({ reason }) => reason)).toEqual([
      'vllm:prompt_tokens_total appears twice with different values; the first one is used',
    ]);
  });
});

describe('a balancer in front of several replicas', () => {
  test.each([
    ['is known from starts that lie before the last scrape', true],
    ['is known from counters that go back and forth', false],
  ])('%s, and nothing behind it is reported', async (_, isKnown) => {
    const [one, other] = [steady(OLD, isKnown), steady(OLD + 30 * HOUR_MS, isKnown)];
    const balanced: Replica = (nowMs) =>
      Math.floor((nowMs - START) / MINUTE_MS) % 2 === 0 ? one(nowMs) : other(nowMs);
    stage = await startReplicas([balanced]);
    const failures = [];
    for (const count of upTo(20)) failures.push(...failuresOf(await stage.scrapeAt(minute(count))));
    expect(await stage.rows()).toEqual([]);
    expect(new Set(failures.map(({ code }) => code))).toEqual(new Set(['config']));
    expect(failures[0]?.message).toContain('several processes respond in turn');
  });

  test('is not inferred from one restart after the other', async () => {
    const crashing: Replica = (nowMs) => steady(nowMs - 45_000 - (nowMs % 3) * 60_000)(nowMs);
    stage = await startReplicas([crashing]);
    for (const count of upTo(20)) {
      expect(failuresOf(await stage.scrapeAt(minute(count)))).toEqual([]);
    }
  });
});

test('one replica that fails does not affect the others, and is named', async () => {
  const closed: Replica = () => undefined;
  stage = await startReplicas([steady(OLD), closed, () => '<html>']);
  const all = await stage.scrapeAt(START);
  expect(
    failuresOf(all)
      .map(({ code }) => code)
      .sort(),
  ).toEqual(['malformed', 'unavailable']);
  expect(all).toHaveLength(3);
  expect(stage.servers.map(({ requests }) => requests.length)).toEqual([1, 1, 1]);
});

describe('a compressed response', () => {
  const text = vllmText({ prompt: 500, output: 50 });
  const failuresTo = async (body: string | Buffer, parts: { contentType?: string } = {}) => {
    stage = await startReplicas([typeof body === 'string' ? () => body : () => body], parts);
    return failuresOf(await stage.scrapeAt(START));
  };

  test.each([
    ['that is whole', gzipSync(text)],
    ['that is one JSON string', gzipSync(JSON.stringify(text.trimEnd()))],
  ])('%s is read', async (_, body) => {
    expect(await failuresTo(body)).toEqual([]);
  });

  test('that was cut off is no response, although fetch does not notice', async () => {
    const [failure] = await failuresTo(gzipSync(text, { level: 0 }).subarray(0, -20));
    expect(failure?.code).toBe('malformed');
    expect(failure?.message).toContain('returned a compressed response that was cut off; the next');
  });

  test('in OpenMetrics ends with its # EOF, with or without a line break', async () => {
    const openMetrics = { contentType: 'application/openmetrics-text; version=1.0.0' };
    expect(await failuresTo(gzipSync(`${text}# EOF`), openMetrics)).toEqual([]);
    await stage?.close();
    const [failure] = await failuresTo(gzipSync(text), openMetrics);
    expect(failure?.message).toContain('no # EOF at the end');
  });

  test('needs a line break at its end, which a plain one does not', async () => {
    expect(await failuresTo(gzipSync(text.trimEnd()))).toHaveLength(1);
    await stage?.close();
    expect(await failuresTo(text.trimEnd())).toEqual([]);
  });
});

test('an unreadable engine is reported, and the others are read', async () => {
  const other = { ...CHAT_TARGET, deployment: 'other', engine: 'abacus' };
  stage = await startReplicas([steady(OLD)], { usage: [other, CHAT_TARGET] });
  const all = await stage.scrapeAt(START);
  expect(failuresOf(all).map(({ code }) => code)).toEqual(['config']);
  expect(all.at(-1)?.remarks).toEqual([{ code: 'replicas-scraped', replicas: 1 }]);
  expect(warningsOf(all)).toEqual([]);
});

test('only samples that are read are stored, and no other text', async () => {
  const secret = '# HELP x sk-secret\nother{key="sk-secret"} 1\n';
  stage = await startReplicas([(nowMs) => `${secret}${steady(OLD)(nowMs)}`]);
  const [fetched] = await stage.scrapeAt(START);
  const { body } = fetched?.fetch ?? {};
  const text = body instanceof Uint8Array ? new TextDecoder().decode(body) : '';
  expect(text).toContain('vllm:prompt_tokens_total{engine="0",model_name="m"} 600000\n');
  expect(text).not.toMatch(/secret|time_to_first_token/);
});
