import { beforeAll, expect, test } from 'vitest';
import { filesIn, rentcheck, temporaryFolder } from '../support/cli.ts';
import { WORKED_FILES } from '../support/workedExample.ts';

/**
 * Four of the 2,208 hours of its quarter, at 552 times the labor per quarter: the four hours then
 * have the $3.00 and $0.50 of the document.
 */
const WINDOW = ['--from', '2026-07-01T00:00:00Z', '--to', '2026-07-01T04:00:00Z'].concat([
  '--config',
  'window.yaml',
]);
const WINDOW_CONFIG = WORKED_FILES['rentcheck.yaml']
  .replace('low: 3, base: 3, high: 3', 'low: 1656, base: 1656, high: 1656')
  .replace('low: 0.5, base: 0.5, high: 0.5', 'low: 276, base: 276, high: 276');

// Each step starts the real program as a new process.
const folder = temporaryFolder().path;

async function importAll() {
  for (const kind of ['charges', 'usage', 'prices']) {
    const ran = await rentcheck(folder, ['import', kind, `${kind}.csv`]);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
  }
}

beforeAll(async () => {
  await filesIn(folder, { ...WORKED_FILES, 'window.yaml': WINDOW_CONFIG });
  await importAll();
});

async function audited(period: readonly string[]) {
  const ran = await rentcheck(folder, ['audit', ...period, '--json']);
  expect(ran.stderr).toBe('');
  return JSON.parse(ran.stdout);
}

test('the worked example goes through imports, ledger and audit to the last digit', async () => {
  const audit = await audited(WINDOW);
  const [deployment] = audit.deployments;

  expect(audit.totals).toMatchObject({
    spendUsd: '6.000000',
    unattributedUsd: '0.000000',
    tokens: 15_600_000,
    promptTokens: 13_000_000,
    cachedTokens: 2_600_000,
    outputTokens: 2_600_000,
    effectiveUsdPerMtok: '0.384615',
    hostedUsdPerMtok: '0.136271',
    coverage: '1.000000',
  });
  expect(deployment).toMatchObject({
    spendUsd: '6.000000',
    tokens: 15_600_000,
    effectiveUsdPerMtok: '0.384615',
    utilization: '0.361111',
    busyFraction: '0.541667',
    coverage: '1.000000',
    hosted: { host: 'host-a', costUsd: '2.125825', usdPerMtok: '0.136271' },
    breakEven: { tokens: 62_375_784, utilization: '1.443884' },
  });
  expect(deployment.breakEven.note).toContain('more than this replica can serve');
  const costs = deployment.hosted.considered.map((host: { host: string; costUsd: string }) => [
    host.host,
    host.costUsd,
  ]);
  expect(costs).toEqual([
    ['host-a', '2.125825'],
    ['host-b', '2.194400'],
  ]);
});

test('the worked example evaluates keep, delete and hybrid as the document does', async () => {
  const audit = await audited(WINDOW);
  const options = Object.fromEntries(
    audit.deployments[0].options.map((option: { option: string }) => [option.option, option]),
  );
  expect(options.keep).toMatchObject({ costUsd: '9.000000', infraUsd: '6.000000' });
  expect(options.delete).toMatchObject({ costUsd: '2.625825', savingUsd: '6.374175' });
  expect(options.hybrid.detail.costUsdByReplicas).toMatchObject({
    '1': '6.000000',
    '2': '12.000000',
  });
});

test('the same facts in a whole quarter give the same figures', async () => {
  const audit = await audited(['2026-Q3']);
  expect(audit.quarter).toBe('2026-Q3');
  expect(audit.totals.spendUsd).toBe('6.000000');
  expect(audit.deployments[0].hosted.costUsd).toBe('2.125825');
  expect(audit.deployments[0].options[0].costUsd).toBe('9.000000');
});

test('importing and auditing twice changes nothing', async () => {
  const first = await audited(['2026-Q3']);
  await importAll();
  const second = await audited(['2026-Q3']);
  expect(second).toEqual(first);
  const facts = await rentcheck(folder, [
    'sql',
    `select count(*) as runs, (select sum(spend_micro_usd) from spend_by_day) as micro
     from audit_by_quarter where quarter = '2026-Q3'`,
    '--format',
    'json',
  ]);
  expect(JSON.parse(facts.stdout)).toEqual([{ runs: 1, micro: 6_000_000 }]);
});
