/** A pull whose bill lacks an exchange rate fails until the rate is there. */

import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { decimal } from '../../src/domain/exact.ts';
import { HOUR_MS } from '../../src/domain/period.ts';
import type { Fetched } from '../../src/domain/provenance.ts';
import type { JobContext } from '../../src/jobs/job.ts';
import { pullJob } from '../../src/jobs/pull.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { settableClock } from '../../src/platform/clock.ts';
import type { Source } from '../../src/sources/source.ts';
import { loadConfigText } from '../config/configFile.ts';
import { charge, JULY, located } from '../ledger/ledgerFixture.ts';
import { folderWith } from '../support/cli.ts';

const request = { source: 'main', from: JULY.startMs, to: JULY.endMs };

it('a pull in euros is incomplete, and the next one with a rate brings it', async () => {
  const clock = settableClock(JULY.endMs + HOUR_MS);
  const ledger = await openLedger(join(await folderWith({}), 'l.db'), { clock });
  onTestFinished(() => ledger.close());
  const { billed: _, ...terms } = charge('bill/1', 1, { sourceId: 'main' });
  const original = { currency: 'EUR', amount: decimal('12.5') };
  const source: Source = {
    id: 'main',
    kind: 'cloud',
    provides: ['charges'],
    async *pull(): AsyncGenerator<Fetched> {
      const nowMs = clock.nowMs();
      const times = { startedAtMs: nowMs, endedAtMs: nowMs };
      const fetch = { sourceId: 'main', kind: 'cloud.bill', url: 'http://127.0.0.1/', ...times };
      yield { fetch, charges: located(charge('bill/0', 1)) };
      yield { fetch, foreignCharges: located({ ...terms, original }) };
    },
  };
  const contextWith = async (config: string) =>
    ({
      config: await loadConfigText(config),
      ledger,
      clock,
      sources: new Map([['main', source]]),
      progress: () => undefined,
    }) as unknown as JobContext;
  const without = await pullJob.run(await contextWith('sources: {}'), request);
  expect(without).toMatchObject({
    kind: 'done',
    result: { rejected: 1, failures: [{ kind: 'cloud.bill', code: 'config' }] },
  });
  expect(JSON.stringify(without)).toContain('no exchange rate for EUR in 2026-07');
  expect(await ledger.facts.troubles(JULY, clock.nowMs())).toHaveLength(1);
  clock.set(clock.nowMs() + HOUR_MS);
  const stated = await contextWith("sources: {}\ncurrencies: { EUR: { '2026-07': 1.2 } }");
  const withRate = await pullJob.run(stated, request);
  expect(withRate).toMatchObject({ kind: 'done', result: { added: 1, failures: [] } });
  const charges = await ledger.facts.charges(JULY, clock.nowMs());
  expect(charges.find(({ key }) => key === 'bill/1')?.billed).toBe(15_000_000_000n);
});
