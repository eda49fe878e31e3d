/** How bills arrived, read from the rollup; as of an earlier time, read from the charges alone. */

import { expect, it } from 'vitest';
import type { Charge, Resource } from '../../src/domain/charge.ts';
import { DAY_MS, HOUR_MS, period } from '../../src/domain/period.ts';
import { charge, fetched, JULY_1, located, scratchLedger } from './ledgerFixture.ts';

const day = (n: number) => JULY_1 + n * DAY_MS;
const WINDOW = period(JULY_1, day(31));

const RUNPOD = {
  id: 'runpod',
  states: {
    pod: { billed: ['RUNNING'], idle: ['EXITED'], starting: ['BOOTING'], isOnBill: true },
    instance: { billed: ['on'], idle: [], starting: [], isOnBill: false },
  },
};
const at = (asOfMs: number) => ({ window: WINDOW, asOfMs, sources: [RUNPOD] });

const billedOn = (n: number, pod: string, overrides: Partial<Charge> = {}) =>
  charge(`pods/${pod}/${n}/${overrides.category ?? 'compute'}`, 10, {
    period: period(day(n), day(n) + HOUR_MS),
    resourceId: pod,
    ...overrides,
  });

const seen = (pod: string, atMs: number, overrides: Partial<Resource> = {}): Resource => ({
  sourceId: 'runpod',
  resourceId: pod,
  kind: 'pod',
  name: `name of ${pod}`,
  status: 'RUNNING',
  seenAtMs: atMs,
  ...overrides,
});

/** A ledger, with functions that add the charges and inventories of a day. */
async function stage() {
  const { ledger, clock } = await scratchLedger();
  const tick = (atMs = clock.nowMs() + 1) => {
    clock.set(Math.max(atMs, clock.nowMs() + 1));
    return clock.nowMs();
  };
  return {
    ledger,
    clock,
    tick,
    bill: async (...charges: readonly Charge[]) => {
      await ledger.facts.append(fetched({ charges: located(...charges) }), tick());
    },
    inventory: async (n: number, ...resources: readonly Resource[]) => {
      const atMs = day(n) + HOUR_MS;
      const request = { kind: 'runpod.pods', startedAtMs: atMs, endedAtMs: atMs };
      await ledger.facts.append(fetched({ resources: located(...resources) }, request), tick(atMs));
    },
  };
}

it('the days of long charges are not days of a source that bills short ones', async () => {
  const { ledger, clock, bill } = await stage();
  await bill(
    billedOn(0, 'a'),
    billedOn(2, 'a'),
    billedOn(0, 'disk', { category: 'storage', period: period(day(0), day(31)) }),
    billedOn(0, 'reserve', { period: period(day(0), day(10)) }),
    billedOn(1, 'a', { category: 'tax' }),
  );
  const { streams } = await ledger.facts.billFacts(at(clock.nowMs()));
  expect(
    streams.map(({ category, periodMs, days }) => [category, periodMs / DAY_MS, days.size]),
  ).toEqual([
    ['compute', 1, 2],
    ['storage', 31, 31],
  ]);
  expect([...(streams[0]?.days.keys() ?? [])]).toEqual([day(0), day(2)]);
});

it('as of an earlier time it reads as it did then', async () => {
  const { ledger, clock, tick, bill, inventory } = await stage();
  await bill(billedOn(0, 'a'), billedOn(1, 'a'), billedOn(1, 'b', { category: 'storage' }));
  await inventory(1, seen('a', day(1)), seen('c', day(1), { kind: 'volume' }));
  const beforeMs = clock.nowMs();
  const before = await ledger.facts.billFacts(at(beforeMs));
  tick();
  await bill(billedOn(2, 'a'), billedOn(0, 'a', { billed: 7_000n as Charge['billed'] }));
  await inventory(3, seen('a', day(3)));
  const now = await ledger.facts.billFacts(at(clock.nowMs()));
  expect(await ledger.facts.billFacts(at(beforeMs))).toEqual(before);
  expect(now).not.toEqual(before);
  // The rollup and the charges agree.
  const nowMs = clock.nowMs();
  await ledger.facts.append(fetched({}, { kind: 'other', startedAtMs: day(40) }), tick(day(40)));
  expect(await ledger.facts.billFacts(at(nowMs))).toEqual(now);
});

it('an inventory is complete if it has all that was billed, checked by day', async () => {
  const { ledger, clock, bill, inventory } = await stage();
  await bill(billedOn(0, 'a'), billedOn(1, 'a'));
  await inventory(1, seen('a', day(1)), seen('disk', day(1), { kind: 'volume', status: '' }));
  await inventory(2, seen('a', day(2), { status: 'EXITED' }));
  await inventory(3);
  const [whole] = (await ledger.facts.billFacts(at(clock.nowMs()))).inventories;
  expect(whole).toEqual({
    sourceId: 'runpod',
    isWhole: true,
    answered: new Set([day(1), day(2), day(3)]),
    running: new Set([day(1)]),
    unsure: new Set(),
    kept: new Set([day(1)]),
  });
  await bill(billedOn(2, 'never seen'));
  expect((await ledger.facts.billFacts(at(clock.nowMs()))).inventories[0]?.isWhole).toBe(false);
});

it('a state that its source does not define is neither running nor stopped', async () => {
  const { ledger, clock, inventory } = await stage();
  const states = [
    'running',
    'Exited',
    'BOOTING',
    'gone',
    'HIBERNATED',
    undefined,
    'event: started',
  ];
  for (const [at0, status] of states.entries()) {
    const { status: _, ...pod } = seen(`pod-${at0}`, day(at0));
    await inventory(at0, { ...pod, ...(status === undefined ? {} : { status }) });
  }
  await inventory(8, seen('i', day(8), { kind: 'instance', status: 'on' }));
  // This source reports no clusters.
  await inventory(9, seen('c', day(9), { kind: 'cluster', status: 'RUNNING' }));
  await inventory(10, seen('e', day(10), { kind: 'serverless', status: 'RUNNING' }));
  const { inventories, seen: machines } = await ledger.facts.billFacts(at(clock.nowMs()));
  expect(inventories[0]).toMatchObject({
    running: new Set([day(0), day(6), day(8)]),
    unsure: new Set([day(4), day(5), day(9)]),
  });
  // An instance of this source appears on the bill under another name.
  expect(machines.map(({ resourceId }) => resourceId)).toEqual(['pod-0', 'pod-6']);
  const unknown = { window: WINDOW, asOfMs: clock.nowMs(), sources: [] };
  const [nobody] = (await ledger.facts.billFacts(unknown)).inventories;
  expect([nobody?.running.size, nobody?.unsure.size]).toEqual([0, 9]);
});

it('a part of a resource is billed with the resource', async () => {
  const { ledger, clock, bill, inventory } = await stage();
  await bill(billedOn(1, 'endpoint'));
  await inventory(1, seen('endpoint/worker', day(1)));
  expect((await ledger.facts.billFacts(at(clock.nowMs()))).seen).toMatchObject([
    { resourceId: 'endpoint/worker', billedFromMs: day(1), billedToMs: day(1) },
  ]);
});

it('a resource that ran is listed with the days between its first and last charge', async () => {
  const { ledger, clock, bill, inventory } = await stage();
  await bill(billedOn(1, 'a'), billedOn(3, 'a'));
  await inventory(1, seen('a', day(1)), seen('b', day(1)));
  await inventory(
    4,
    seen('a', day(4)),
    seen('b', day(4)),
    seen('s', day(4), { status: 'STOPPED' }),
  );
  expect((await ledger.facts.billFacts(at(clock.nowMs()))).seen).toEqual([
    {
      sourceId: 'runpod',
      resourceId: 'a',
      name: 'name of a',
      days: [day(1), day(4)],
      billedFromMs: day(1),
      billedToMs: day(3),
    },
    { sourceId: 'runpod', resourceId: 'b', name: 'name of b', days: [day(1), day(4)] },
  ]);
});
