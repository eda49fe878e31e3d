/** Tests the OpenRouter and OpenAI emulators against what the demo company has bought there. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PULLED_AT_MS, TIMELINE, DEMO_WINDOW } from '../../src/demo/calendar.ts';
import { startOpenai } from '../../src/demo/emulators/openai.ts';
import { startOpenrouter } from '../../src/demo/emulators/openrouter.ts';
import type { Emulator } from '../../src/demo/emulators/emulator.ts';
import { OPENAI_KEY, OPENROUTER_KEY } from '../../src/demo/keys.ts';
import { requestEmulator, demoClock, FLEET } from '../support/demoFleet.ts';

const clock = demoClock();
let router: Emulator;
let openai: Emulator;

beforeAll(async () => {
  clock.set(PULLED_AT_MS);
  router = await startOpenrouter(FLEET, clock);
  openai = await startOpenai(FLEET, clock);
});

afterAll(async () => {
  await router.close();
  await openai.close();
});

async function query(body: object) {
  const answer = await fetch(new URL('/api/v1/analytics/query', router.url), {
    method: 'POST',
    headers: { authorization: `Bearer ${OPENROUTER_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: answer.status, json: (await answer.json()) as Record<string, never> };
}

describe("OpenRouter's account", () => {
  it('returns activity of the last thirty complete days, weekdays only', async () => {
    const { json } = await requestEmulator(router, '/api/v1/activity', { key: OPENROUTER_KEY });
    const rows = json['data'] as unknown as { date: string; usage: number }[];
    // 2026-09-05 is a Saturday; the company's story ends with 2026-10-01.
    expect(rows.at(0)?.date).toBe('2026-09-07');
    expect(rows.at(-1)?.date).toBe('2026-10-01');
    expect(rows).toHaveLength(19);
  });

  it('returns older days through analytics, and says where an answer left rows out', async () => {
    const options = {
      metrics: ['total_usage', 'tokens_prompt'],
      dimensions: ['model'],
      granularity: 'day',
      time_range: { start: '2026-07-01T00:00:00Z', end: '2026-07-04T00:00:00Z' },
    };
    const days = [
      { date__day: '2026-07-01', tokens_prompt: 31_000_000 },
      { date__day: '2026-07-02', tokens_prompt: 28_000_000 },
      { date__day: '2026-07-03', tokens_prompt: 28_500_000 },
    ];
    const whole = await query(options);
    expect(whole.json['data']).toMatchObject({ data: days, metadata: { truncated: false } });
    const cut = await query({ ...options, limit: 2 });
    expect(cut.json['data']).toMatchObject({
      data: days.slice(0, 2),
      metadata: { truncated: true },
    });
    expect(await query({ ...options, metrics: ['no_such'] })).toMatchObject({ status: 400 });
  });

  it('requires a key', async () => {
    expect(await requestEmulator(router, '/api/v1/activity')).toMatchObject({ status: 401 });
  });
});

describe("OpenAI's organization", () => {
  const pageOf = (path: string, extra: Record<string, string>) =>
    requestEmulator(openai, path, {
      key: OPENAI_KEY,
      query: {
        start_time: String(DEMO_WINDOW.startMs / 1000),
        end_time: String(DEMO_WINDOW.endMs / 1000),
        bucket_width: '1d',
        ...extra,
      },
    });

  it('returns usage page by page, each day once', async () => {
    const starts: number[] = [];
    let page: string | null = '';
    while (page !== null) {
      const next: Record<string, string> = page === '' ? {} : { page };
      const path = '/organization/usage/completions';
      const { json } = await pageOf(path, { limit: '31', ...next });
      starts.push(
        ...(json['data'] as unknown as { start_time: number }[]).map((b) => b.start_time),
      );
      page = json['next_page'] as unknown as string | null;
    }
    expect(starts).toHaveLength(92);
    expect(new Set(starts).size).toBe(92);
  });

  it("refuses a wrong key, too long a page and an unknown path, with OpenAI's errors", async () => {
    const long = await pageOf('/organization/costs', { limit: '181' });
    expect(long).toMatchObject({ status: 400, json: { error: { type: 'invalid_request_error' } } });
    expect(await requestEmulator(openai, '/organization/costs', { key: 'no' })).toMatchObject({
      status: 401,
    });
    expect(await pageOf('/organization/none', {})).toMatchObject({ status: 404 });
  });
});

describe('the purchases', () => {
  it('begin before the quarter and end after it, to test both edges', () => {
    const days = FLEET.purchases.map(({ dayMs }) => dayMs);
    expect(Math.min(...days)).toBe(TIMELINE.startMs);
    expect(Math.max(...days)).toBe(DEMO_WINDOW.endMs);
  });
});
