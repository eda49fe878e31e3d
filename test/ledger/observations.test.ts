/**
 * Knows that resources and hours worked are remembered as they were seen, and told apart by day.
 */

import { describe, expect, it } from 'vitest';
import type { Resource } from '../../src/domain/charge.ts';
import { nanoUsd } from '../../src/domain/money.ts';
import type { OpsEntry } from '../../src/domain/ops.ts';
import { DAY_MS, HOUR_MS } from '../../src/domain/period.ts';
import { fetched, JULY, JULY_1, located, NOW, scratchLedger } from './scratch.ts';

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
  it('is written again when it changed or when a new day began', async () => {
    const { ledger } = await scratchLedger();
    const moments = [pod(JULY_1), pod(JULY_1 + HOUR_MS), pod(JULY_1 + 2 * HOUR_MS, 'EXITED')];
    const tomorrow = pod(JULY_1 + DAY_MS, 'EXITED');
    const outcome = await ledger.append(
      fetched({ resources: located(...moments, tomorrow) }),
      JULY_1,
    );
    expect(outcome).toMatchObject({ added: 3, unchanged: 1 });
    expect(await ledger.resources(NOW)).toEqual([moments[0], moments[2], tomorrow]);
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
    await ledger.append(fetched({ resources: located(volume) }), JULY_1);
    expect(await ledger.resources(NOW)).toEqual([volume]);
    expect(await ledger.resources(JULY_1 - 1)).toEqual([]);
  });
});

describe('hours worked', () => {
  const entry = (key: string, dayMs: number, workedMs: number): OpsEntry => ({
    sourceId: 'import',
    key,
    dayMs,
    workedMs,
  });

  it('are found by their day, once each, in their newest version', async () => {
    const { ledger } = await scratchLedger();
    const first = { ...entry('1', JULY_1, HOUR_MS), deployment: 'chat-70b', note: 'driver' };
    const before = entry('2', JULY_1 - DAY_MS, HOUR_MS);
    await ledger.append(fetched({ ops: located<OpsEntry>(first, before) }), JULY_1);
    const corrected = { ...first, workedMs: 2 * HOUR_MS };
    const outcome = await ledger.append(fetched({ ops: located(corrected) }), JULY_1 + 1);
    expect(outcome).toMatchObject({ restated: 1 });
    expect(await ledger.opsEntries(JULY, NOW)).toEqual([corrected]);
    expect(await ledger.opsEntries(JULY, JULY_1)).toEqual([first]);
  });
});
