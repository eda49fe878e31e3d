/** Other usage facts of files can be undone with the file, and imported again. */

import { describe, expect, it } from 'vitest';
import { HOUR_MS, period } from '../../src/domain/period.ts';
import type { Fetched } from '../../src/domain/provenance.ts';
import type { UsageFacts } from '../../src/domain/usageFacts.ts';
import { examineLedger } from '../../src/ledger/examine.ts';
import type { Undone } from '../../src/ledger/imports.ts';
import { EVER, fetched, usageHour, JULY_1, located, NOW, scratchLedger } from './ledgerFixture.ts';

const identity = (sourceId: string) => ({
  sourceId,
  deployment: 'chat-70b',
  period: period(JULY_1, JULY_1 + HOUR_MS),
});

/** One fact of a kind. Its only figure is the number. */
type Telling = (sourceId: string, figure: number) => Omit<Fetched, 'fetch'>;

const latency: Telling = (sourceId, figure) => ({
  latency: located({
    ...identity(sourceId),
    measure: 'inter-token',
    boundsSeconds: [0.1],
    counts: [figure, 0],
  }),
});
const gpuActivity: Telling = (sourceId, figure) => ({
  gpuActivity: located({ ...identity(sourceId), gpuMs: figure }),
});
const requestCounts: Telling = (sourceId, figure) => ({
  requestCounts: located({ ...identity(sourceId), answered: figure }),
});
const usageParts: Telling = (sourceId, figure) => ({
  usage: located(usageHour(0, { sourceId })),
  usageParts: located({
    ...identity(sourceId),
    tenant: 'acme',
    uncachedPromptTokens: figure,
    outputTokens: figure,
  }),
});

const KINDS: readonly (readonly [string, Telling, (facts: UsageFacts) => readonly unknown[]])[] = [
  ['latency', latency, (facts) => facts.latency],
  ['GPU activity', gpuActivity, (facts) => facts.gpuActivity],
  ['counts of requests', requestCounts, (facts) => facts.requestCounts],
  ['parts of usage', usageParts, (facts) => facts.parts],
];

/** A ledger that has facts of another source and then takes in files one after another. */
async function stage(telling: Telling, factsIn: (facts: UsageFacts) => readonly unknown[]) {
  const { ledger, path, clock } = await scratchLedger();
  const tick = () => {
    clock.set(clock.nowMs() + 1);
    return clock.nowMs();
  };
  await ledger.facts.append(fetched(telling('prom', 7), { sourceId: 'prom' }), tick());
  return {
    path,
    clock,
    readFacts: async (asOfMs = NOW) =>
      factsIn(await ledger.facts.usageFacts('chat-70b', EVER, asOfMs)),
    take: async (file: string, figure: number) => {
      const start = { kind: 'import.usage', url: `file:${file}`, startedAtMs: tick() };
      const session = await ledger.facts.beginImport({ sourceId: 'import', ...start });
      const { refused } = await session.append(telling('import', figure));
      expect(refused).toEqual([]);
      return (await session.finish({ digest: file, endedAtMs: clock.nowMs() })).fetchRef;
    },
    undo: async (ref: number) => (await ledger.facts.undoImport(ref, tick())) as Undone,
  };
}

describe.each(KINDS)('%s of a file', (_kind, telling, factsIn) => {
  it('are gone after an undo, and those of another source stay', async () => {
    const { take, undo, readFacts, clock, path } = await stage(telling, factsIn);
    const othersOnly = await readFacts();
    expect(othersOnly).toHaveLength(1);
    const file = await take('a.csv', 5);
    const both = await readFacts();
    expect(both).toHaveLength(2);
    const beforeMs = clock.nowMs();
    await undo(file);
    expect(await readFacts()).toEqual(othersOnly);
    expect(await readFacts(beforeMs)).toEqual(both);
    expect(examineLedger(path).faults).toEqual([]);
  });

  it('apply again when the undo is undone, or the file is imported again', async () => {
    const { take, undo, readFacts, path } = await stage(telling, factsIn);
    const othersOnly = await readFacts();
    const both = await take('a.csv', 5).then(async (file) => {
      const facts = await readFacts();
      const { undoRef } = await undo(file);
      expect(await undo(undoRef)).toMatchObject({ isRevived: true });
      expect(await readFacts()).toEqual(facts);
      await undo(file);
      return facts;
    });
    expect(await readFacts()).toEqual(othersOnly);
    await take('again.csv', 5);
    expect(await readFacts()).toEqual(both);
    expect(examineLedger(path).faults).toEqual([]);
  });

  it('that corrected those of an earlier file give way to them again', async () => {
    const { take, undo, readFacts, path } = await stage(telling, factsIn);
    const first = await take('a.csv', 5);
    const before = await readFacts();
    const second = await take('b.csv', 6);
    expect(await readFacts()).not.toEqual(before);
    await undo(second);
    expect(await readFacts()).toEqual(before);
    await undo(first);
    expect(await readFacts()).toHaveLength(1);
    expect(examineLedger(path).faults).toEqual([]);
  });
});
