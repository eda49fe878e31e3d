/** Resources and engineering hours are stored as observed and read by day. */

import { describe, expect, it } from 'vitest';
import type { Resource } from '../../src/domain/charge.ts';
import { nanoUsd } from '../../src/domain/money.ts';
import type { OpsEntry } from '../../src/domain/provenance.ts';
import { DAY_MS, HOUR_MS } from '../../src/domain/period.ts';
import type { GpuRate } from '../../src/domain/price.ts';
import { fetched, JULY, JULY_1, located, NOW, scratchLedger } from './ledgerFixture.ts';

const pod = (seenAtMs: number, status = 'RUNNING'): Resource => ({
  sourceId: 'runpod',
  resourceId: 'p1',
  kind: 'pod',
  name: 'chat-70b-1',
  gpuType: 'H100-80GB',
  gpuCount: 2,
  usdPerHour: nanoUsd(4_000_000_000n),
  status,
  seenAtMs,
});

describe('a resource', () => {
  it('is stored again when it changed or when a new day began', async () => {
    const { ledger } = await scratchLedger();
    const moments = [pod(JULY_1), pod(JULY_1 + HOUR_MS), pod(JULY_1 + 2 * HOUR_MS, 'EXITED')];
    const tomorrow = pod(JULY_1 + DAY_MS, 'EXITED');
    const outcome = await ledger.facts.append(
      fetched({ resources: located(...moments, tomorrow) }),
      JULY_1,
    );
    expect(outcome).toMatchObject({ added: 3, unchanged: 1 });
    expect(await ledger.facts.resources(NOW)).toEqual([moments[0], moments[2], tomorrow]);
  });

  it('without a rate, a GPU or a status comes back without them', async () => {
    const { ledger } = await scratchLedger();
    const volume: Resource = {
      sourceId: 'runpod',
      resourceId: 'v1',
      kind: 'volume',
      name: 'models',
      seenAtMs: JULY_1,
    };
    await ledger.facts.append(fetched({ resources: located(volume) }), JULY_1);
    expect(await ledger.facts.resources(NOW)).toEqual([volume]);
    expect(await ledger.facts.resources(JULY_1 - 1)).toEqual([]);
  });
});

describe('a complete inventory', () => {
  const list = (startedAtMs: number, resources: readonly Resource[], changes: object = {}) => {
    const inventory = fetched({ resources: located(...resources), listed: ['pod'], ...changes });
    const fetch = { ...inventory.fetch, kind: 'fake.list', startedAtMs, endedAtMs: startedAtMs };
    return { ...inventory, fetch };
  };
  const other = (seenAtMs: number): Resource => ({ ...pod(seenAtMs), resourceId: 'p2' });
  const later = JULY_1 + HOUR_MS;

  it('records a missing resource as gone once, and as present when it returns', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(list(JULY_1, [pod(JULY_1), other(JULY_1)]), JULY_1);
    for (const hours of [1, 2]) {
      const atMs = JULY_1 + hours * HOUR_MS;
      await ledger.facts.append(list(atMs, [pod(atMs)]), atMs);
    }
    const back = JULY_1 + 3 * HOUR_MS;
    await ledger.facts.append(list(back, [pod(back), other(back)]), back);
    const seen = (await ledger.facts.resources(NOW)).map(
      ({ resourceId, status, seenAtMs }) => `${resourceId} ${status} ${seenAtMs - JULY_1}`,
    );
    expect(seen).toEqual([
      'p1 RUNNING 0',
      'p2 RUNNING 0',
      `p2 gone ${HOUR_MS}`,
      `p2 RUNNING ${3 * HOUR_MS}`,
    ]);
    const gone = (await ledger.facts.resources(NOW)).find(({ status }) => status === 'gone');
    expect(gone).toMatchObject({ name: 'chat-70b-1', gpuCount: 2 });
    expect(gone).not.toHaveProperty('usdPerHour');
  });

  it('changes nothing for other kinds and sources, or after a failure', async () => {
    const { ledger } = await scratchLedger();
    const volume: Resource = { ...pod(JULY_1), resourceId: 'v1', kind: 'volume' };
    const elsewhere: Resource = { ...pod(JULY_1), sourceId: 'lambda' };
    await ledger.facts.append(
      fetched({ resources: located(volume, elsewhere, pod(JULY_1)) }),
      JULY_1,
    );
    const failure = { code: 'timeout', message: 'no' } as const;
    const failed = list(later, []);
    await ledger.facts.append({ ...failed, fetch: { ...failed.fetch, failure } }, later);
    expect(await ledger.facts.resources(NOW)).toHaveLength(3);
    await ledger.facts.append(list(later, []), later);
    const gone = (await ledger.facts.resources(NOW)).filter(({ status }) => status === 'gone');
    expect(gone.map(({ sourceId, resourceId }) => `${sourceId} ${resourceId}`)).toEqual([
      'runpod p1',
    ]);
  });

  it('is found by time, starting with the last one before a window', async () => {
    const { ledger } = await scratchLedger();
    for (const hours of [0, 1, 2, 3]) {
      const atMs = JULY_1 + hours * HOUR_MS;
      await ledger.facts.append(list(atMs, [pod(atMs)]), atMs);
    }
    const window = { startMs: JULY_1 + 1.5 * HOUR_MS, endMs: NOW };
    const question = { sourceId: 'runpod', listing: 'fake.list', window };
    const { listedAtMs } = await ledger.facts.uptimeFacts(question, NOW);
    expect(listedAtMs.map((ms) => (ms - JULY_1) / HOUR_MS)).toEqual([1, 2, 3]);
    const { listedAtMs: before } = await ledger.facts.uptimeFacts(question, JULY_1 + 2 * HOUR_MS);
    expect(before.map((ms) => (ms - JULY_1) / HOUR_MS)).toEqual([1, 2]);
  });
});

describe('the rate of a GPU', () => {
  const rate = (usd: bigint, atMs: number, more: Partial<GpuRate> = {}): GpuRate => ({
    sourceId: 'import',
    provider: 'nebius',
    gpuType: 'H100 80 GB SXM',
    pricingClass: 'on-demand',
    validFromMs: atMs,
    usdPerGpuHour: nanoUsd(usd),
    ...more,
  });

  it('records its source, and an earlier rate from the provider stays in force', async () => {
    const { ledger } = await scratchLedger();
    const own = rate(3n, JULY_1);
    const catalog = rate(2n, JULY_1 + HOUR_MS, { secondHand: true });
    const again = rate(2n, JULY_1 + 2 * HOUR_MS, { secondHand: true });
    await ledger.facts.append(fetched({ rates: located(own, catalog, again) }), JULY_1);
    expect(await ledger.facts.gpuRates(NOW)).toEqual([own, catalog]);
    const { rows } = await ledger.query(
      'SELECT usd_per_gpu_hour, second_hand FROM gpu_rate_history ORDER BY valid_from',
    );
    expect(rows).toEqual([
      [3e-9, null],
      [2e-9, 1],
    ]);
  });
});

describe('hours worked', () => {
  const entry = (key: string, dayMs: number, workedMs: number): OpsEntry => ({
    sourceId: 'import',
    key,
    dayMs,
    workedMs,
  });

  it('are found by day, once each, in their newest version', async () => {
    const { ledger } = await scratchLedger();
    const first = { ...entry('1', JULY_1, HOUR_MS), deployment: 'chat-70b', note: 'driver' };
    const before = entry('2', JULY_1 - DAY_MS, HOUR_MS);
    await ledger.facts.append(fetched({ ops: located<OpsEntry>(first, before) }), JULY_1);
    const corrected = { ...first, workedMs: 2 * HOUR_MS };
    const outcome = await ledger.facts.append(fetched({ ops: located(corrected) }), JULY_1 + 1);
    expect(outcome).toMatchObject({ restated: 1 });
    expect(await ledger.facts.opsEntries(JULY, NOW)).toEqual([corrected]);
    expect(await ledger.facts.opsEntries(JULY, JULY_1)).toEqual([first]);
  });
});
