/** Scenario: a late invoice makes a new audit, and the old one stays, to the last digit. */

import { expect, test } from 'vitest';
import { DAY_MS } from '../../src/domain/period.ts';
import { WORKED_FILES } from '../support/workedExample.ts';
import { startScenario } from './scenarioApp.ts';

const QUARTER = '2026-Q3';
const CLOSED_MS = Date.UTC(2026, 9, 5);

const office = () => startScenario(WORKED_FILES, CLOSED_MS);

test('a restated bill changes the next audit and leaves the last one readable', async () => {
  const { clock, audit, replace, ledger } = await office();
  const first = await audit(QUARTER);
  expect(first.audit.totals.spendUsd).toBe('6.000000');

  clock.set(CLOSED_MS + 10 * DAY_MS);
  const restated = WORKED_FILES['charges.csv'].replace(',6.00,', ',6.60,');
  expect(await replace('charges', restated)).toMatchObject({ added: 0, restated: 1 });
  const second = await audit(QUARTER);
  expect(second.audit.totals.spendUsd).toBe('6.600000');
  expect(second.audit.runId).not.toBe(first.audit.runId);

  const stored = await ledger.audits.load({ runId: first.audit.runId });
  expect(stored?.auditJson).toBe(first.auditJson);
  const asOf = CLOSED_MS + DAY_MS;
  const then = await audit(QUARTER, asOf);
  expect(then).toMatchObject({ isNew: false, auditJson: first.auditJson });
});

test('a price that was seen later never changes what the quarter would have cost', async () => {
  const { clock, audit, replace } = await office();
  const first = await audit(QUARTER);
  clock.set(CLOSED_MS + DAY_MS);
  const header = WORKED_FILES['prices.csv'].split('\n')[0];
  const cheap = `${header}\nhost-a,example/model,fp8,2026-07-02,0.01,0.005,0.03,\n`;
  expect(await replace('prices', cheap)).toMatchObject({ added: 1 });
  const second = await audit(QUARTER);
  expect(second.audit.deployments[0]?.hosted).toEqual(first.audit.deployments[0]?.hosted);
});

test('late usage fills the gap, and the audit shows it in its coverage', async () => {
  const { clock, audit, replace } = await office();
  const lines = WORKED_FILES['charges.csv'].trimEnd().split('\n');
  const longer =
    'line-2,pod-1,example-pod,compute,on-demand,2026-07-02,2026-07-02T04:00:00Z,6.00,USD,4,Hours';
  await replace('charges', `${[...lines, longer].join('\n')}\n`);
  const half = await audit(QUARTER);
  expect(half.audit.totals).toMatchObject({ coverage: '0.500000', uncoveredUsd: '6.000000' });
  expect(half.audit.stack.verdict).toBe('not enough evidence');

  clock.set(CLOSED_MS + DAY_MS);
  const late = WORKED_FILES['usage.csv'].replaceAll('2026-07-01', '2026-07-02');
  await replace('usage', late);
  const whole = await audit(QUARTER);
  expect(whole.audit.totals).toMatchObject({
    coverage: '1.000000',
    uncoveredUsd: '0.000000',
    tokens: 31_200_000,
    spendUsd: '12.000000',
  });
});

test('a bill that is restated and then corrected back gives an edition that says so', async () => {
  const { clock, audit, replace, freeze, ledger } = await office();
  const first = await audit(QUARTER);
  await freeze(QUARTER);
  const bill = WORKED_FILES['charges.csv'];
  const steps = [bill.replace(',6.00,', ',6.60,'), bill];
  for (const text of steps) {
    clock.set(clock.nowMs() + DAY_MS);
    await replace('charges', text);
    await audit(QUARTER);
    await freeze(QUARTER);
  }
  const again = await audit(QUARTER);
  expect(again.isNew).toBe(false);
  expect(again.audit.totals.spendUsd).toBe('6.000000');
  expect(again.audit.inputsDigest).toBe(first.audit.inputsDigest);
  expect(again.audit.runId).not.toBe(first.audit.runId);
  const editions = await ledger.deliveries.editions({ quarter: QUARTER });
  expect(editions.map(({ number, runId }) => [number, runId === again.audit.runId])).toEqual([
    [3, true],
    [2, false],
    [1, false],
  ]);
  const { rows } = await ledger.query('SELECT spend_usd, run_id FROM audit_by_quarter');
  expect(rows).toEqual([[6, again.audit.runId]]);
  const then = await audit(QUARTER, CLOSED_MS);
  expect(then).toMatchObject({ isNew: false, auditJson: first.auditJson });
});

const BILL = [
  'line-1,pod-1,example-pod,compute,on-demand,2026-07-01,2026-07-01T04:00:00Z,6.00,USD,4,Hours,x',
  'line-2,pod-1,example-pod,storage,on-demand,2026-07-01,2026-08-01,1.00,USD,,,x',
  'line-3,pod-2,"a ""b"", c",compute,spot,2026-07-01,2026-07-01T04:00:00Z,2.00,USD,4,Hours,x',
];

/** The digest of the facts, from bills imported one after the other. */
async function factsDigest(...bills: readonly (readonly string[])[]) {
  const { audit, replace } = await office();
  const header = `${WORKED_FILES['charges.csv'].split('\n')[0]},team`;
  for (const lines of bills) await replace('charges', `${[header, ...lines].join('\n')}\n`);
  return (await audit(QUARTER)).audit.digests?.facts;
}

test('the digest of the facts is that of the bill, in any order of import', async () => {
  const digest = await factsDigest(BILL);
  const [first = '', ...rest] = BILL;
  expect(await factsDigest(BILL.toReversed())).toBe(digest);
  expect(await factsDigest(rest, [first])).toBe(digest);
  const changed = [
    ['6.00', '6.01'],
    ['04:00:00Z', '04:00:01Z'],
    ['line-1', 'line-9'],
    ['example-pod', 'example-pod2'],
    ['on-demand', 'reserved'],
    [',4,', ',5,'],
    [',Hours,', ',GPU-Hours,'],
    [',x', ',y'],
  ] as const;
  const others = changed.map(([was, now]) => [first.replace(was, now), ...rest]);
  const digests = [digest];
  for (const bill of others) digests.push(await factsDigest(bill));
  expect(new Set(digests).size).toBe(changed.length + 1);
});
