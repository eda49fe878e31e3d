/** Slices of a GPU, from the files of a bill and of usage to the audit. */

import { expect, test } from 'vitest';
import type { Audit } from '../../src/verdict/audit.ts';
import { folderWith, rentcheck } from '../support/cli.ts';
import { WORKED_FILES } from '../support/workedExample.ts';

const WINDOW = ['--from', '2026-07-01T00:00:00Z', '--to', '2026-07-01T04:00:00Z'];
const HEADER = WORKED_FILES['charges.csv'].split('\n')[0] ?? '';
const CONFIG = WORKED_FILES['rentcheck.yaml']
  .replace('count: 1 }', 'share: 0.25 }')
  .replace('id: pod-1', 'id: slice-*')
  .replace('tokensPerSecond: 3000', 'tokensPerSecond: 750');

const slice = (name: string) =>
  `${name},${name},,compute,on-demand,2026-07-01,2026-07-01T04:00:00Z,1.50,USD,4,Hours,0.25`;

test('four slices of a quarter GPU are audited like one GPU', async () => {
  const folder = await folderWith({
    ...WORKED_FILES,
    'rentcheck.yaml': CONFIG,
    'charges.csv': [
      `${HEADER},gpu_count`,
      ...['slice-1', 'slice-2', 'slice-3', 'slice-4'].map(slice),
    ].join('\n'),
    'usage.csv': WORKED_FILES['usage.csv'].replaceAll(',3600\n', ',14400\n'),
  });
  for (const kind of ['charges', 'usage', 'prices']) {
    const ran = await rentcheck(folder, ['import', kind, `${kind}.csv`]);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
  }
  const ran = await rentcheck(folder, ['audit', ...WINDOW, '--json']);
  expect(ran.stderr).toBe('');
  const audit = JSON.parse(ran.stdout) as Audit;
  expect(audit.totals).toMatchObject({ spendUsd: '6.000000', unattributedUsd: '0.000000' });
  expect(audit.deployments[0]).toMatchObject({
    paidReplicaHours: '16.000000',
    coverage: '1.000000',
  });
  // For the whole GPU of the worked example: 15.6 Mtok of what 3,000 tokens/s can do in 4 h.
  expect(audit.deployments[0]?.utilization).toBe('0.361111');
  const again = await rentcheck(folder, ['audit', ...WINDOW, '--json']);
  expect(again.stdout).toBe(ran.stdout);
});
