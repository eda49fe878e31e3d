/** What a pull records as covered, and what happens when parts of it fail. */

import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decidePartRetry } from '../../src/calendar/retries.ts';
import { FAILURES, type FailureCode } from '../../src/domain/failure.ts';
import { DAY_MS, period } from '../../src/domain/period.ts';
import type { Fetched, ProvidedFact } from '../../src/domain/provenance.ts';
import type { JobContext } from '../../src/jobs/job.ts';
import { pricesJob } from '../../src/jobs/pullPrices.ts';
import { pullJob } from '../../src/jobs/pull.ts';
import { planQuarterPulls } from '../../src/jobs/quarter.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { settableClock } from '../../src/platform/clock.ts';
import type { PullRequest, Source } from '../../src/sources/source.ts';
import { loadConfigText } from '../config/configFile.ts';
import { folderWith } from '../support/cli.ts';

const NOW_MS = Date.parse('2026-10-07T05:00:00Z');
const WINDOW = { from: NOW_MS - DAY_MS, to: NOW_MS };

let ledger: Ledger;
let requests: PullRequest[];
const clock = settableClock(NOW_MS);

beforeEach(async () => {
  ledger = await openLedger(join(await folderWith({}), 'l.db'), { clock });
  requests = [];
});
afterEach(() => ledger.close());

/** A source with one answer per code. `undefined` is a successful one. */
function source(
  id: string,
  tells: readonly ProvidedFact[],
  codes: readonly (FailureCode | undefined)[] = [undefined],
): Source {
  return {
    id,
    kind: 'fake',
    provides: tells,
    async *pull(request) {
      requests.push(request);
      for (const [index, code] of codes.entries()) yield answer(id, index, code);
    },
  };
}

function answer(sourceId: string, index: number, code: FailureCode | undefined): Fetched {
  const fetch = {
    sourceId,
    kind: `fake.${index}`,
    url: `http://fake/${index}`,
    startedAtMs: NOW_MS,
    endedAtMs: NOW_MS,
  };
  return { fetch: code === undefined ? fetch : { ...fetch, failure: { code, message: 'no' } } };
}

async function contextWith(...sources: readonly Source[]): Promise<JobContext> {
  const context = {
    config: await loadConfigText('sources: {}'),
    ledger,
    clock,
    sources: new Map(sources.map((one) => [one.id, one])),
    progress: () => undefined,
  };
  // Members that these jobs do not use are missing.
  return context as unknown as JobContext;
}

describe('a pull', () => {
  it('gives up a source that hangs, keeps what it brought, and is retried', async () => {
    const base = await contextWith({
      ...source('pods', ['charges']),
      async *pull() {
        yield answer('pods', 0, undefined);
        yield answer('pods', 1, 'unavailable');
        await new Promise(() => undefined);
      },
    });
    const http = { ...base.config.http, pullStallMs: 50 };
    const context = { ...base, config: { ...base.config, http } };
    const ended = await pullJob.run(context, { source: 'pods', ...WINDOW });
    expect(ended).toMatchObject({
      kind: 'retry',
      reason: expect.stringContaining('minutes without a valid response'),
      result: { fetches: 3, failures: [{ code: 'unavailable' }, { code: 'timeout' }] },
    });
    expect(await ledger.work.pulledWindows()).toEqual([]);
  });

  it('continues as long as good answers come, however long that is', async () => {
    const base = await contextWith({
      ...source('pods', ['charges']),
      async *pull() {
        for (let index = 0; index < 20; index += 1) {
          await new Promise((next) => setTimeout(next, 20));
          yield answer('pods', index, undefined);
        }
      },
    });
    const http = { ...base.config.http, pullStallMs: 300 };
    const context = { ...base, config: { ...base.config, http } };
    const ended = await pullJob.run(context, { source: 'pods', ...WINDOW });
    expect(ended).toMatchObject({ kind: 'done', result: { fetches: 20 } });
  });

  it('makes requests that can be sent to another process, known sections too', async () => {
    const section = { name: '2026/09@eu', version: 'a1b2', isWhole: true };
    const other = source('ours', ['charges']);
    const context = await contextWith(other, {
      ...source('bill', ['charges']),
      async *pull(request) {
        requests.push(structuredClone(request));
        yield { ...answer('bill', 0, undefined), section };
      },
    });
    for (const id of ['bill', 'bill', 'ours']) {
      await pullJob.run(context, { source: id, ...WINDOW });
    }
    const { isWhole: _isWhole, ...known } = section;
    expect(requests.map((request) => request.known)).toEqual([[], [known], []]);
  });

  it('that succeeded covers its window, for the requested facts', async () => {
    const context = await contextWith(source('pods', ['charges', 'inventory']));
    await pullJob.run(context, { source: 'pods', ...WINDOW, facts: ['charges'] });
    expect(requests[0]).toMatchObject({ facts: ['charges'] });
    expect(await ledger.work.pulledWindows()).toMatchObject([
      { source: 'pods', fact: 'charges', window: period(WINDOW.from, WINDOW.to) },
    ]);
  });

  it('that names no facts requests all that the source provides, and covers it', async () => {
    const context = await contextWith(source('pods', ['charges', 'inventory']));
    await pullJob.run(context, { source: 'pods', ...WINDOW });
    expect(requests[0]).not.toHaveProperty('facts');
    expect((await ledger.work.pulledWindows()).map(({ fact }) => fact)).toEqual([
      'charges',
      'inventory',
    ]);
  });

  it.each(['forbidden', 'timeout'] as const)(
    'with a failed part (%s) covers nothing',
    async (code) => {
      const context = await contextWith(source('pods', ['charges'], [undefined, code]));
      await pullJob.run(context, { source: 'pods', ...WINDOW });
      expect(await ledger.work.pulledWindows()).toEqual([]);
    },
  );

  it.each(Object.keys(FAILURES) as FailureCode[])(
    'with a part that failed with %s follows the table',
    async (code) => {
      const context = await contextWith(source('pods', ['charges'], [undefined, code]));
      const ended = await pullJob.run(context, { source: 'pods', ...WINDOW });
      const recourse = decidePartRetry(code);
      const warning = `pods (fake.1): no [${code}]`;
      const expected = {
        done: { shortfalls: [warning] },
        retry: { reason: warning },
        later: { reason: warning, atMs: NOW_MS + ('afterMs' in recourse ? recourse.afterMs : 0) },
        never: {},
      }[recourse.kind];
      expect(ended).toMatchObject({ kind: recourse.kind, ...expected });
      expect(recourse.kind === 'done').toBe(!FAILURES[code].passing);
    },
  );

  it('of which every part failed permanently is given up', async () => {
    const context = await contextWith(source('pods', ['charges'], ['auth']));
    const ended = await pullJob.run(context, { source: 'pods', ...WINDOW });
    expect(ended).toMatchObject({ kind: 'never', reason: 'pods (fake.0): no [auth]' });
  });

  it('is retried later rather than soon only if nothing may work soon', async () => {
    const both = await contextWith(source('pods', ['charges'], ['not-settled', 'unavailable']));
    expect((await pullJob.run(both, { source: 'pods', ...WINDOW })).kind).toBe('retry');
  });
});

describe('prices', () => {
  it('are requested from every source that sells and no other; then the day is done', async () => {
    const context = await contextWith(
      source('router', ['prices']),
      source('pods', ['charges']),
      source('gpus', ['rates']),
      source('cloud', ['prices', 'rates']),
    );
    const ended = await pricesJob.run(context, {});
    expect(ended).toMatchObject({
      kind: 'done',
      result: [{ source: 'router' }, { source: 'gpus' }, { source: 'cloud' }],
    });
    expect(requests.map(({ facts }) => facts)).toEqual([
      ['prices', 'rates'],
      ['prices', 'rates'],
      ['prices', 'rates'],
    ]);
    expect(await ledger.work.done()).toMatchObject([{ line: 'prices', dueAtMs: NOW_MS }]);
  });

  it('that are unavailable today are not done', async () => {
    const context = await contextWith(source('router', ['prices'], ['unavailable']));
    expect((await pricesJob.run(context, {})).kind).toBe('retry');
    expect(await ledger.work.done()).toEqual([]);
  });

  it('of a failing provider do not affect the others, and the failure is reported', async () => {
    const refusing = source('router', ['prices'], ['auth']);
    const ended = await pricesJob.run(await contextWith(refusing, source('other', ['prices'])), {});
    expect(ended).toMatchObject({ kind: 'done', shortfalls: ['router (fake.0): no [auth]'] });
  });
});

describe('before a quarter is audited', () => {
  it('its whole bill is pulled, and usage only if no pull covered it', async () => {
    const context = await contextWith(source('pods', ['charges']), source('prom', ['usage']));
    const covered = period(Date.parse('2026-07-02'), Date.parse('2026-09-30'));
    await ledger.work.markPulled({ source: 'prom', facts: ['usage'], window: covered }, NOW_MS);
    const tasks = await planQuarterPulls(context, '2026-Q3');
    expect(tasks.map(({ payload }) => payload)).toEqual([
      {
        source: 'pods',
        from: '2026-07-01T00:00:00Z',
        to: '2026-10-01T00:00:00Z',
        facts: ['charges'],
      },
      {
        source: 'prom',
        from: '2026-07-01T00:00:00Z',
        to: '2026-07-02T00:00:00Z',
        facts: ['usage'],
      },
      {
        source: 'prom',
        from: '2026-09-30T00:00:00Z',
        to: '2026-10-01T00:00:00Z',
        facts: ['usage'],
      },
    ]);
    expect(new Set(tasks.map(({ key }) => key)).size).toBe(3);
  });
});
