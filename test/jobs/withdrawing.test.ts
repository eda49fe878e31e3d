/** A pull that would withdraw much fails until it is confirmed. */

import { expect, it, onTestFinished } from 'vitest';
import { join } from 'node:path';
import { nanoUsd } from '../../src/domain/money.ts';
import { HOUR_MS } from '../../src/domain/period.ts';
import type { Fetched } from '../../src/domain/provenance.ts';
import type { JobContext } from '../../src/jobs/job.ts';
import { pullJob } from '../../src/jobs/pull.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { settableClock } from '../../src/platform/clock.ts';
import type { Source } from '../../src/sources/source.ts';
import { loadConfigText } from '../config/configFile.ts';
import { folderWith } from '../support/cli.ts';
import { charge, JULY, located } from '../ledger/ledgerFixture.ts';

const request = { source: 'main', from: JULY.startMs, to: JULY.endMs };

it('a pull that would withdraw most of a bill fails each time, until it is confirmed', async () => {
  const clock = settableClock(JULY.endMs + HOUR_MS);
  const ledger = await openLedger(join(await folderWith({}), 'l.db'), { clock });
  onTestFinished(() => ledger.close());
  let billed = 40;
  const source: Source = {
    id: 'main',
    kind: 'runpod',
    provides: ['charges'],
    async *pull(): AsyncGenerator<Fetched> {
      yield billOf(billed, clock.nowMs());
    },
  };
  const context = {
    config: await loadConfigText('sources: {}'),
    ledger,
    clock,
    sources: new Map([['main', source]]),
    progress: () => undefined,
  } as unknown as JobContext;
  expect((await pullJob.run(context, request)).kind).toBe('done');
  billed = 1;
  for (const _ of [1, 2]) {
    clock.set(clock.nowMs() + HOUR_MS);
    const answer = await pullJob.run(context, request);
    expect(answer).toMatchObject({ kind: 'never' });
    expect(JSON.stringify(answer)).toContain(
      'lacks 39 of 40 known charges ($39.00 of $40.00); none of the response was stored',
    );
    expect(JSON.stringify(answer)).toContain('rentcheck pull main --confirm-withdrawal');
    expect(await ledger.facts.charges(JULY, clock.nowMs())).toHaveLength(40);
  }
  const confirmed = await pullJob.run(context, { ...request, confirmWithdrawal: true });
  expect(confirmed).toMatchObject({ kind: 'done', result: { restated: 39, failures: [] } });
  expect(await ledger.facts.charges(JULY, clock.nowMs())).toHaveLength(1);
});

function billOf(count: number, nowMs: number): Fetched {
  const charges = Array.from({ length: count }, (_, index) =>
    charge(`pods/${index}`, 1, { sourceId: 'main', billed: nanoUsd(1_000_000_000n) }),
  );
  return {
    fetch: {
      sourceId: 'main',
      kind: 'runpod.billing.pods',
      url: 'http://127.0.0.1/',
      startedAtMs: nowMs,
      endedAtMs: nowMs,
    },
    charges: located(...charges),
    completeFor: { keyPrefix: 'pods/', window: JULY },
  };
}
