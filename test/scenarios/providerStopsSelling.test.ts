/**
 * Scenario: a provider stops selling amid the traffic, as a row of prices without any price. The
 * other one, $2.194400 for the worked example's tokens, is then the cheapest.
 */

import { expect, test } from 'vitest';
import { folderWith, rentcheck } from '../support/cli.ts';
import { WORKED_FILES } from '../support/workedExample.ts';

const GONE = 'host-a,example/model,fp8,2026-07-01T02:00:00Z,,,,\n';

test('a provider that a file marks as gone is no counterfactual, and is not free', async () => {
  const prices = WORKED_FILES['prices.csv'] + GONE;
  const folder = await folderWith({ ...WORKED_FILES, 'prices.csv': prices });
  for (const kind of ['charges', 'usage', 'prices']) {
    const ran = await rentcheck(folder, ['import', kind, `${kind}.csv`]);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
  }
  const { stdout } = await rentcheck(folder, ['audit', '2026-Q3', '--json']);
  const [deployment] = JSON.parse(stdout).deployments;
  expect(deployment.hosted).toMatchObject({ host: 'host-b', costUsd: '2.194400' });
  expect(deployment.hosted.considered).toContainEqual(
    expect.objectContaining({
      host: 'host-a',
      costUsd: null,
      reason: expect.stringContaining('no price was in force at 2026-07-01T0'),
    }),
  );
});
