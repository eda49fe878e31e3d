/** Each answer of a source is counted once, whenever and however often the page is opened. */

import { expect, it } from 'vitest';
import type { FetchesToCount, FetchTotals } from '../../src/ledger/reads/fetchLog.ts';
import { createSourceStates } from '../../src/web/facts/sources.ts';
import { fetched, JULY_1, scratchLedger } from '../ledger/ledgerFixture.ts';

const POD = { sourceId: 'pods' };
const failure = { code: 'auth', message: 'no' } as const;
const REJECT = { position: 0, reason: 'no number', excerpt: 'x' };

/** The sources of a real ledger, and the counts that were read for them. */
async function reading() {
  const { ledger } = await scratchLedger();
  const reads: (readonly FetchTotals[])[] = [];
  const work = {
    ...ledger.work,
    fetchTotals: async (chosen: FetchesToCount) => {
      const totals = await ledger.work.fetchTotals(chosen);
      reads.push(totals);
      return totals;
    },
  };
  const read = createSourceStates({ ledger: { ...ledger, work }, sources: [] });
  return { ledger, reads, read };
}

it('counted answers are not read again, and new ones are added', async () => {
  const { ledger, reads, read } = await reading();
  await ledger.facts.append(fetched({ rejects: [REJECT] }, POD), JULY_1);
  await ledger.facts.append(fetched({}, { ...POD, failure, startedAtMs: JULY_1 }), JULY_1);
  const first = [expect.objectContaining({ id: 'pods', succeeded: 1, failed: 1, rejects: 1 })];
  expect(await read()).toEqual(first);
  expect(await read()).toEqual(first);
  expect(reads.map((totals) => totals.length)).toEqual([1, 0]);
  await ledger.facts.append(fetched({}, { ...POD, endedAtMs: JULY_1 + 5_000 }), JULY_1);
  await ledger.facts.append(fetched({}, { sourceId: 'prom' }), JULY_1);
  expect(await read()).toMatchObject([
    { id: 'pods', succeeded: 2, failed: 1, lastSuccessMs: JULY_1 + 5_000, lastFailure: failure },
    { id: 'prom', succeeded: 1, failed: 0 },
  ]);
});

it('concurrent callers get the same result', async () => {
  const { ledger, read } = await reading();
  await ledger.facts.append(fetched({}, POD), JULY_1);
  const results = await Promise.all([read(), read(), read()]);
  expect(results.map(([pods]) => pods?.succeeded)).toEqual([1, 1, 1]);
});

it('a file that is still being imported is unfinished until it has ended', async () => {
  const { ledger, read } = await reading();
  const start = { sourceId: 'import', kind: 'import.usage', url: 'file:///u' };
  const session = await ledger.facts.beginImport({ ...start, startedAtMs: JULY_1 });
  await session.append({ rejects: [REJECT] });
  await ledger.facts.append(fetched({}, POD), JULY_1);
  const unfinished = { id: 'import', succeeded: 0, unfinished: 1, rejects: 1 };
  expect((await read()).find(({ id }) => id === 'import')).toMatchObject(unfinished);
  expect((await read()).find(({ id }) => id === 'import')).toMatchObject(unfinished);
  await session.append({ rejects: [{ ...REJECT, position: 1 }] });
  await session.finish({ digest: 'd', endedAtMs: JULY_1 + 9_000 });
  const finished = { succeeded: 1, unfinished: 0, rejects: 2, lastSuccessMs: JULY_1 + 9_000 };
  expect((await read()).find(({ id }) => id === 'import')).toMatchObject(finished);
  expect((await read()).find(({ id }) => id === 'import')).toMatchObject(finished);
});
