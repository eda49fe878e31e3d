/**
 * Scenario: one hour of the quarter is wrong. 8.64 billion tokens of one A100, 2,400,000 a second,
 * beside 900 Mtok in all the others. It changes no verdict, and it is reported.
 */

import { expect, test } from 'vitest';
import { folderWith, rentcheck } from '../support/cli.ts';
import { WORKED_FILES } from '../support/workedExample.ts';

const HOURS = 92 * 24;
const START = Date.UTC(2026, 6, 1);
const at = (hour: number) => new Date(START + hour * 3_600_000).toISOString();

/** A pod around the clock, 407,608 tokens in each hour of July to September. */
function filesOf(wrong: (hour: number) => string | undefined) {
  const [header = ''] = WORKED_FILES['usage.csv'].split('\n');
  const rows = Array.from({ length: HOURS }, (_, hour) => {
    const served = wrong(hour) ?? '307608,0,100000,100,3600,3600';
    return served === '' ? [] : [`example,${at(hour)},${at(hour + 1)},${served}`];
  });
  const [columns = ''] = WORKED_FILES['charges.csv'].split('\n');
  const paid = `${at(0)},${at(HOURS)},3312.00,USD,2208,Hours`;
  const line = `line-1,pod-1,example-pod,compute,on-demand,${paid}`;
  return {
    ...WORKED_FILES,
    'usage.csv': `${[header, ...rows.flat()].join('\n')}\n`,
    'charges.csv': `${columns}\n${line}\n`,
  };
}

async function auditOf(files: Readonly<Record<string, string>>) {
  const folder = await folderWith(files);
  for (const kind of ['charges', 'usage', 'prices']) {
    const ran = await rentcheck(folder, ['import', kind, `${kind}.csv`]);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
  }
  const { stdout } = await rentcheck(folder, ['audit', '2026-Q3', '--json']);
  return JSON.parse(stdout);
}

test('an hour that no A100 can serve counts as not seen, and is reported', async () => {
  const wrong = await auditOf(
    filesOf((hour) => (hour === 900 ? '8000000000,0,640000000,100,3600,3600' : undefined)),
  );
  const unseen = await auditOf(filesOf((hour) => (hour === 900 ? '' : undefined)));
  const [[doubted], [without]] = [wrong.deployments, unseen.deployments];
  expect(doubted.doubts).toEqual([
    {
      code: 'beyond-published',
      start: '2026-08-07T12:00:00Z',
      end: '2026-08-07T13:00:00Z',
      tokens: 8_640_000_000,
      tokensPerSecond: '2400000.000000',
      supportedTokensPerSecond: '251730.000000',
    },
  ]);
  expect(doubted.warnings[0]).toContain('Usage in 1 interval (8,640,000,000 tokens) is left out');
  expect(without).not.toHaveProperty('doubts');
  expect(doubted.tokens).toBe((HOURS - 1) * 407_608);
  expect(doubted.coverage).toBe('0.999547');
  expect(doubted.utilization).toBe(without.utilization);
  const costs = ({ options }: { options: { option: string; costUsd: string }[] }) =>
    options.map(({ option, costUsd }) => [option, costUsd]);
  expect(costs(doubted)).toEqual(costs(without));
  expect(wrong.stack.verdict).toBe(unseen.stack.verdict);
  expect(doubted.savingUsd.base).toBe(without.savingUsd.base);
  expect(doubted.capacityBasis).toBe('measured');
});
