/** Commitments and credits of the config, from the files to the audit and the terminal. */

import { beforeAll, expect, test } from 'vitest';
import { DAY_MS, dayText } from '../../src/domain/period.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import { filesIn, rentcheck, temporaryFolder } from '../support/cli.ts';
import {
  WORKED_EXAMPLE_FILES,
  fillFolder,
  LAST_END,
  LAST_QUARTER,
  LAST_START,
  expectSuccess,
} from './cliFixture.ts';

/** A hundred days before the quarter, and as many after it. */
const shifted = (day: string, days: number) => dayText(Date.parse(day) + days * DAY_MS);
const BEFORE = shifted(LAST_START, -100);
const UNTIL = shifted(LAST_END, 99);

const MORE = `id,resource_id,category,pricing_class,start,end,billed_cost,currency
old,pod-1,compute,on-demand,${BEFORE},${shifted(BEFORE, 1)},20,USD
ahead,plan-7,commitment,reserved,${BEFORE},${shifted(BEFORE, 1)},1000,USD
`;

const quarterDays = (Date.parse(LAST_END) - Date.parse(LAST_START)) / DAY_MS;
/** $10.00 for each day of its term. */
const UPFRONT = 10 * (200 + quarterDays);

const folder = temporaryFolder().path;

const config = `${WORKED_EXAMPLE_FILES['rentcheck.yaml']}
commitments:
  - { source: import, id: plan-7, usdUpfront: ${UPFRONT}, from: ${BEFORE}, until: ${UNTIL} }
credits: [{ source: import, id: welcome, usd: 1023, from: ${BEFORE}, until: ${UNTIL} }]
`;

beforeAll(async () => {
  await fillFolder(folder);
  await filesIn(folder, { 'rentcheck.yaml': config, 'more.csv': MORE });
  expectSuccess(await rentcheck(folder, ['import', 'charges', 'more.csv']));
});

const audited = async (): Promise<Audit> => {
  const { stdout } = await rentcheck(folder, ['audit', LAST_QUARTER, '--json']);
  return JSON.parse(stdout) as Audit;
};

test('a commitment costs its part of the quarter, credits pay what they have left', async () => {
  const { totals, stack, deployments } = await audited();
  // $1,020 of them was used before the quarter, and $3.00 of the quarter's $6.00.
  const spend = (10 * quarterDays + 3).toFixed(6);
  expect(totals).toMatchObject({ spendUsd: spend, billedUsd: '3.000000' });
  expect(deployments[0]).toMatchObject({ spendUsd: spend, billedUsd: '3.000000' });
  expect(stack.credits).toEqual([
    {
      source: 'import',
      id: 'welcome',
      usd: '1023.000000',
      until: UNTIL,
      usedBeforeUsd: '1020.000000',
      usedUsd: '3.000000',
      leftUsd: '0.000000',
      lostUsd: '0.000000',
    },
  ]);
  expect(stack.commitments[0]).toMatchObject({
    id: 'plan-7',
    until: UNTIL,
    committedUsd: (10 * quarterDays).toFixed(6),
    remainingUsd: '1000.000000',
  });
});

test('the terminal lists the remaining commitments', async () => {
  const { stdout } = await rentcheck(folder, ['audit', LAST_QUARTER, '--all']);
  expect(stdout).toContain('\nCommitments\n  - The import commitment ends on ');
});

test('credits of an unknown source are refused', async () => {
  const wrong = temporaryWrong.path;
  const credits = `credits: [{ source: nobody, usd: 1, from: ${BEFORE}, until: ${UNTIL} }]`;
  await filesIn(wrong, {
    'rentcheck.yaml': `${WORKED_EXAMPLE_FILES['rentcheck.yaml']}\n${credits}\n`,
  });
  const { code, stderr } = await rentcheck(wrong, ['audit', LAST_QUARTER]);
  expect(code).toBe(2);
  expect(stderr).toContain('credits[0].source');
});

const temporaryWrong = temporaryFolder();
