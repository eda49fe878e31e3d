/**
 * Tests the RunPod emulator's bill: keys, windows, buckets, and sums that are the same for every
 * kind of query.
 */

import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUDITED_AT_MS, DEMO_WINDOW } from '../../src/demo/calendar.ts';
import { startRunpod } from '../../src/demo/emulators/runpod.ts';
import type { Emulator } from '../../src/demo/emulators/emulator.ts';
import { PLANTED_POD_SECRET, RUNPOD_KEY, RUNPOD_KEY_WITHOUT_BILLING } from '../../src/demo/keys.ts';
import { computePlantedTruth } from '../../src/demo/truth.ts';
import { DAY_MS, HOUR_MS, instantText } from '../../src/domain/period.ts';
import { requestEmulator, demoClock, FLEET } from '../support/demoFleet.ts';

interface Bill {
  readonly records: readonly Readonly<Record<string, number | string>>[];
  readonly metadata: {
    readonly query: Readonly<Record<string, string>>;
    readonly recordCount: number;
    readonly totals: Readonly<Record<string, number>>;
    readonly uniquePodCount?: number;
  };
}

const clock = demoClock();
let runpod: Emulator;

beforeAll(async () => {
  runpod = await startRunpod(FLEET, clock);
});

afterAll(() => runpod.close());

async function bill(path: string, query: Record<string, string>): Promise<Bill> {
  const answer = await requestEmulator(runpod, path, { key: RUNPOD_KEY, query });
  expect(answer.status).toBe(200);
  return answer.json as unknown as Bill;
}

function range(startMs: number, endMs: number) {
  return { startTime: instantText(startMs), endTime: instantText(endMs) };
}

/** The exact decimal of a JSON number, in whole micro-dollars. */
function micro(amount: number | string | undefined): bigint {
  const [whole = '', fraction = ''] = String(amount).split('.');
  expect(fraction.length).toBeLessThanOrEqual(6);
  return BigInt(whole + fraction.padEnd(6, '0'));
}

function sum(records: Bill['records'], field: string): bigint {
  return records.reduce((total, record) => total + micro(record[field]), 0n);
}

const QUARTER = range(DEMO_WINDOW.startMs, DEMO_WINDOW.endMs);

describe("the RunPod emulator's bill", () => {
  it('adds up by the hour to the planted truth, to the nano-dollar', async () => {
    const truth = computePlantedTruth(FLEET);
    const pods = await bill('/v2/billing/pods', { ...QUARTER, bucketSize: 'hour' });
    const volumes = await bill('/v2/billing/network-volumes', { ...QUARTER, bucketSize: 'hour' });
    const total = sum(pods.records, 'totalAmount') + sum(volumes.records, 'totalAmount');
    const planted = truth.sources.find(({ source }) => source === 'runpod-main');
    expect(total * 1_000n).toBe(planted?.spendNanoUsd);
    const records = pods.records.filter(({ podId }) => podId === 'k3v9t2m7qa');
    // Two GPUs at $2.69 for 2,208 hours.
    expect(sum(records, 'gpuAmount')).toBe(2_208n * 5_380_000n);
    expect(pods.metadata).toMatchObject({ recordCount: pods.records.length, uniquePodCount: 4 });
  });

  it('bills the same by hours, days, weeks and months, in total and by resource', async () => {
    const hours = await bill('/v2/billing/pods', { ...QUARTER, bucketSize: 'hour' });
    for (const bucketSize of ['day', 'month']) {
      const other = await bill('/v2/billing/pods', { ...QUARTER, bucketSize });
      expect(sum(other.records, 'totalAmount')).toBe(sum(hours.records, 'totalAmount'));
      expect(micro(other.metadata.totals['totalAmount'])).toBe(sum(hours.records, 'totalAmount'));
    }
    const all = await bill('/v2/billing', { ...QUARTER, bucketSize: 'day' });
    expect(sum(all.records, 'podGpuAmount')).toBe(sum(hours.records, 'gpuAmount'));
    const whole = await bill('/v2/billing', { ...QUARTER, bucketSize: 'month' });
    expect(sum(whole.records, 'totalAmount')).toBe(sum(all.records, 'totalAmount'));
  });

  it('sums to the same total however a window is split', async () => {
    const hour = fc.integer({ min: 0, max: 72 });
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(hour, { maxLength: 4 }), async (cuts) => {
        const startMs = Date.UTC(2026, 7, 18);
        const edges = [0, ...cuts.toSorted((a, b) => a - b), 72].map((h) => startMs + h * HOUR_MS);
        let total = 0n;
        for (const [index, from] of edges.slice(0, -1).entries()) {
          const to = edges[index + 1] ?? from;
          if (to === from) continue;
          const part = await bill('/v2/billing/pods', { ...range(from, to), bucketSize: 'hour' });
          total += sum(part.records, 'totalAmount');
        }
        const whole = await bill('/v2/billing/pods', range(startMs, startMs + 3 * DAY_MS));
        expect(total).toBe(sum(whole.records, 'totalAmount'));
      }),
      { numRuns: 12 },
    );
  });

  it('splits each record into parts that sum to its total', async () => {
    const pods = await bill('/v2/billing/pods', { ...QUARTER, bucketSize: 'day' });
    for (const record of pods.records) {
      const parts = ['gpuAmount', 'cpuAmount', 'diskAmount'].map((part) => micro(record[part]));
      expect(parts.reduce((a, b) => a + b)).toBe(micro(record['totalAmount']));
    }
  });

  it('snaps an unaligned window outward to whole buckets and says so', async () => {
    const { metadata } = await bill('/v2/billing/pods', {
      startTime: '2026-07-15T10:30:00Z',
      endTime: '2026-07-17T00:00:01Z',
    });
    expect(metadata.query).toEqual({
      startTime: '2026-07-15T00:00:00Z',
      endTime: '2026-07-18T00:00:00Z',
      bucketSize: 'day',
    });
  });

  it('bills 30 days by day by default, and counts today in lastN', async () => {
    const usual = await bill('/v2/billing/pods', {});
    expect(usual.metadata.query).toEqual({
      startTime: '2026-09-05T00:00:00Z',
      endTime: '2026-10-06T00:00:00Z',
      bucketSize: 'day',
    });
    const last = await bill('/v2/billing/pods', { lastN: '2', bucketSize: 'month' });
    expect(last.metadata.query).toMatchObject({
      startTime: '2026-09-01T00:00:00Z',
      endTime: '2026-11-01T00:00:00Z',
    });
    const weeks = await bill('/v2/billing/pods', { lastN: '1', bucketSize: 'week' });
    expect(weeks.metadata.query['startTime']).toBe('2026-10-05T00:00:00Z');
  });

  it('bills only hours that have ended', async () => {
    clock.set(Date.UTC(2026, 6, 20, 10, 59));
    const today = range(Date.UTC(2026, 6, 20), Date.UTC(2026, 6, 21));
    const { records } = await bill('/v2/billing/pods', {
      ...today,
      bucketSize: 'hour',
      podId: 'k3v9t2m7qa',
    });
    clock.set(AUDITED_AT_MS);
    expect(records.map(({ endTime }) => endTime).at(-1)).toBe('2026-07-20T10:00:00Z');
  });

  it('bills a single pod on request, and each hour of a replacement once', async () => {
    const day = range(Date.UTC(2026, 7, 19), Date.UTC(2026, 7, 20));
    const old = await bill('/v2/billing/pods', { ...day, podId: 'm6p3z8r5tv' });
    const replacement = await bill('/v2/billing/pods', { ...day, podId: 'u2f6h8q3xw' });
    expect(sum(old.records, 'gpuAmount')).toBe(9n * 2_690_000n);
    expect(sum(replacement.records, 'gpuAmount')).toBe(15n * 2_690_000n);
    expect(old.metadata.query['podId']).toBe('m6p3z8r5tv');
  });
});

describe("the RunPod emulator's authentication and limits", () => {
  const problem = (status: number, query: Record<string, string>) =>
    requestEmulator(runpod, '/v2/billing/pods', { key: RUNPOD_KEY, query }).then((answer) => {
      expect(answer).toMatchObject({ status, type: 'application/problem+json' });
      return (answer.json as unknown as { errors: string[] }).errors;
    });

  it('refuses a missing and a wrong key with 401, and a key without billing with 403', async () => {
    const none = await requestEmulator(runpod, '/v2/pods');
    const wrong = await requestEmulator(runpod, '/v2/pods', { key: 'not-it' });
    const small = { key: RUNPOD_KEY_WITHOUT_BILLING };
    expect([none.status, wrong.status]).toEqual([401, 401]);
    expect(none.type).toBe('application/problem+json');
    expect((await requestEmulator(runpod, '/v2/pods', small)).status).toBe(200);
    expect((await requestEmulator(runpod, '/v2/billing/pods', small)).status).toBe(403);
  });

  it('refuses contradictory windows with 400, listing all faults at once', async () => {
    expect(await problem(400, { bucketSize: 'fortnight', startTime: 'yesterday' })).toHaveLength(2);
    expect(await problem(400, { lastN: '3', ...QUARTER })).toHaveLength(1);
    expect(await problem(400, { lastN: '0' })).toHaveLength(1);
    const backward = range(DEMO_WINDOW.endMs, DEMO_WINDOW.startMs);
    expect(await problem(400, backward)).toEqual(['startTime must be before endTime']);
  });

  it('accepts no other path and no other method', async () => {
    const missing = await requestEmulator(runpod, '/v2/billing/pods/', { key: RUNPOD_KEY });
    const posted = await requestEmulator(runpod, '/v2/pods', { key: RUNPOD_KEY, method: 'POST' });
    expect([missing.status, posted.status, posted.headers.get('allow')]).toEqual([404, 405, 'GET']);
  });

  it('sends its rate limits with every answer, and refuses requests above them', async () => {
    const narrow = await startRunpod(FLEET, { ...clock, quotaPerMinute: 2 });
    const answers = [];
    for (let n = 0; n < 3; n += 1) {
      answers.push(await requestEmulator(narrow, '/v2/pods', { key: RUNPOD_KEY }));
    }
    await narrow.close();
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(answers[0]?.headers.get('ratelimit')).toBe('"minute";r=1;t=60');
    expect(answers[2]?.headers.get('retry-after')).toBe('60');
  });
});

describe("the RunPod emulator's inventory", () => {
  interface Pods {
    readonly pods: readonly { id: string; name: string; status: string; cost: number }[];
  }

  async function pods(): Promise<Pods['pods']> {
    const { json } = await requestEmulator(runpod, '/v2/pods', { key: RUNPOD_KEY });
    return (json as unknown as Pods).pods;
  }

  it('keeps the name of a terminated pod, at no cost', async () => {
    const gone = (await pods()).find(({ id }) => id === 'm6p3z8r5tv');
    expect(gone).toMatchObject({ name: 'code-review-3', status: 'EXITED', cost: 0 });
  });

  it('lists no pod before its rental starts', async () => {
    clock.set(Date.UTC(2026, 6, 2));
    const names = (await pods()).map(({ name }) => name);
    clock.set(AUDITED_AT_MS);
    expect(names).not.toContain('code-review-3b');
    expect(names).toContain('code-review-3');
  });

  it('has a secret in the environment of a pod, as real pods do', async () => {
    const { text } = await requestEmulator(runpod, '/v2/pods', { key: RUNPOD_KEY });
    expect(text).toContain(PLANTED_POD_SECRET);
  });

  it('requires a product before it returns availability', async () => {
    const key = RUNPOD_KEY;
    const path = '/v2/catalog/gpus';
    const bare = await requestEmulator(runpod, path, { key, query: { include: 'AVAILABILITY' } });
    const full = await requestEmulator(runpod, path, {
      key,
      query: { include: 'AVAILABILITY', product: 'POD' },
    });
    expect([bare.status, full.status]).toEqual([400, 200]);
    expect(full.text).toContain('"availability":"HIGH"');
  });
});
