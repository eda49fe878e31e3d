/** Why a report is late, according to the ledger, without guessing. */

import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/domain/period.ts';
import type { Fetch } from '../../src/domain/provenance.ts';
import { findLateCause } from '../../src/jobs/report.ts';
import { loadConfigText } from '../config/configFile.ts';
import { fetched, scratchLedger } from '../ledger/ledgerFixture.ts';

const at = (text: string) => Date.parse(`2026-10-${text}Z`);
const DUE = at('07T05:00:00');

async function books(fetches: readonly (Partial<Fetch> & { startedAtMs: number })[]) {
  const { ledger } = await scratchLedger();
  for (const fetch of fetches) await ledger.facts.append(fetched({}, fetch), fetch.startedAtMs);
  const sources = new Map([['prom', { id: 'prom', provides: ['usage'] }]]);
  const config = await loadConfigText('log: { level: silent }\n');
  return { ledger, config, sources } as unknown as Parameters<typeof findLateCause>[0];
}

const fetchedAt = (text: string) => ({ startedAtMs: at(text), endedAtMs: at(text) + 1000 });
const failed = (text: string) => ({
  ...fetchedAt(text),
  sourceId: 'prom',
  failure: { code: 'unavailable', message: 'no answer' } as const,
});

describe('a report is late', () => {
  it('because nothing was fetched for days, though the scheduler ran', async () => {
    const some = await books([
      fetchedAt('06T03:05:00'),
      fetchedAt('09T08:00:00'),
      fetchedAt('09T08:01:00'),
    ]);
    expect(await findLateCause(some, { dueMs: DUE, madeMs: at('09T08:05:00') })).toEqual({
      kind: 'silent',
      fromMs: at('06T03:05:01'),
      toMs: at('09T08:00:00'),
    });
  });

  it('because a source failed from its due time on', async () => {
    const some = await books([
      fetchedAt('07T04:05:00'),
      failed('07T05:00:10'),
      failed('07T06:10:00'),
      failed('07T07:50:00'),
    ]);
    expect(await findLateCause(some, { dueMs: DUE, madeMs: DUE + 3 * HOUR_MS })).toEqual({
      kind: 'failing',
      source: 'prom',
      times: 3,
      fromMs: at('07T05:00:10'),
      toMs: at('07T07:50:01'),
    });
  });

  it.each([
    ['every hour was pulled', ['07T04:05:00', '07T05:05:00', '07T06:05:00']],
    ['the silence was short', ['07T03:05:00', '07T05:20:00', '07T06:05:00']],
    ['nothing was pulled before', ['09T08:00:00']],
    ['nothing was ever pulled', []],
  ])('for no known reason if %s', async (_, times) => {
    const some = await books(times.map(fetchedAt));
    expect(await findLateCause(some, { dueMs: DUE, madeMs: DUE + 100 * HOUR_MS })).toBeUndefined();
  });

  it('for no known reason if one request failed early on', async () => {
    const some = await books([
      fetchedAt('07T04:05:00'),
      failed('07T05:00:10'),
      fetchedAt('07T05:05:00'),
    ]);
    expect(await findLateCause(some, { dueMs: DUE, madeMs: DUE + 3 * HOUR_MS })).toBeUndefined();
  });
});
