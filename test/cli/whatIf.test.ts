import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, dayText } from '../../src/domain/period.ts';
import { filesIn, rentcheck, temporaryFolder } from '../support/cli.ts';
import {
  expectRefusal,
  WORKED_EXAMPLE_FILES,
  readFactsBySql,
  fillFolder,
  LAST_END,
  LAST_START,
  expectSuccess,
} from './cliFixture.ts';

const folder = temporaryFolder().path;
const run = (...args: string[]) => rentcheck(folder, args);
const whatIf = (...args: string[]) => run('what-if', ...args);

beforeAll(async () => {
  await fillFolder(folder);
});

/** The one day with usage. A day's tokens are those of the window. */
const DAY = ['--from', LAST_START, '--to', dayText(Date.parse(LAST_START) + DAY_MS)];

/** GPU cost and tokens, and a day of engineering time: $3 or $0.50 over the days of the quarter. */
function peopleOfDay(usd: number, usdPerQuarter: number): string {
  const days = (Date.parse(LAST_END) - Date.parse(LAST_START)) / DAY_MS;
  return (usd + usdPerQuarter / days).toFixed(6);
}

async function wished(...args: string[]) {
  const ran = expectSuccess(await whatIf(...args, '--json'));
  return JSON.parse(ran.stdout);
}

const costOf = (audit: { deployments: { options: { option: string; costUsd: string }[] }[] }) =>
  Object.fromEntries(
    (audit.deployments[0]?.options ?? []).map(({ option, costUsd }) => [option, costUsd]),
  );

describe('rentcheck what-if', () => {
  it('stores nothing: neither facts nor audits, nor a byte of the ledger', async () => {
    const digest = async () =>
      createHash('sha256')
        .update(await readFile(join(folder, 'rentcheck.db')))
        .digest('hex');
    const [facts, bytes] = [await readFactsBySql(folder), await digest()];
    expectSuccess(await whatIf('--hosted-price', '-30%', '--ops-hours', '60'));
    expect(await readFactsBySql(folder)).toBe(facts);
    expect(await digest()).toBe(bytes);
    const audits = expectSuccess(
      await run('sql', 'SELECT * FROM verdict_history', '--format', 'json'),
    );
    expect(JSON.parse(audits.stdout)).toEqual([]);
  });

  it('says what was changed first, then both verdicts side by side', async () => {
    const { stdout, stderr } = expectSuccess(await whatIf('--hosted-price', '-30%'));
    expect(stderr).toBe('');
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^What if: Q\d \d{4} \(nothing is stored\)$/);
    expect(lines[1]).toMatch(/^Verdict: (?:stays ".+"|changes from ".+" to ".+")$/);
    expect(stdout).toMatch(/hosted \$\/Mtok +example +\$0\.136 +\$0\.0954/);
    expect(stdout.indexOf('input')).toBeLessThan(stdout.indexOf('whole stack'));
    expect(stdout).toMatch(/cost of keeping everything +\$9\.00 +\$9\.00/);
    expect(stdout).toMatch(/saving of the best plan +\$6\.37 +\$7\.01/);
  });

  it('reports the probability as an audit does, and none for a plan without changes', async () => {
    const { stdout } = expectSuccess(await whatIf('--hosted-price', '5'));
    expect(stdout).not.toMatch(/ (?:0|100)%/);
    expect(stdout).toMatch(/probability of a saving .* –\n/);
    expect(stdout).toMatch(/90% range .* –\n/);
  });

  it('finds a provider however it is spelled, and refuses one that does not sell it', async () => {
    const { changes } = await wished('--host', 'HOST-B');
    expect(changes).toEqual([expect.objectContaining({ input: 'host', whatIf: 'host-b' })]);
    expectRefusal(await whatIf('--host', 'nobody'), 2, 'Unknown provider "nobody"');
  });

  it('a share changes the price of every GPU, and says so; dollars change only ours', async () => {
    const { stdout } = expectSuccess(await whatIf('--gpu-rate', '+40%'));
    expect(stdout).toMatch(/GPU \$\/h +example +\$1\.50 +\$2\.10/);
    expect(stdout).toMatch(/market GPU rates +\(whole stack\) +100% +140%/);
    const { changes } = await wished('--gpu-rate', '1.20');
    expect(changes).toEqual([expect.objectContaining({ input: 'GPU $/h', deployment: 'example' })]);
  });

  it('keeps what a contract fixes, and shows what the change saves after its end', async () => {
    const bound = temporaryBound.path;
    await fillFolder(bound);
    const yaml = WORKED_EXAMPLE_FILES['rentcheck.yaml'] ?? '';
    const commitments = 'commitments: [{ source: import, usdPerMonth: 1, until: 2099-12-31 }]';
    await filesIn(bound, { 'rentcheck.yaml': `${yaml}${commitments}\n` });
    const ran = expectSuccess(await rentcheck(bound, ['what-if', '--gpu-rate', '-30%', '--json']));
    const { changes, whatIf: then } = JSON.parse(ran.stdout);
    // $3.00 is committed over the next quarter. The other half of $6.00 costs 30% less.
    expect(changes[0]).toMatchObject({
      asIs: '1.500000',
      whatIf: '1.275000',
      contract: { leastUsdPerHour: '0.750000', until: '2099-12-31' },
    });
    expect(costOf(then)).toMatchObject({ keep: '8.100000', delete: '5.625825' });
    expect(then.stack.outlook.afterContracts).toEqual({
      savingUsd: '4.574175',
      bestSavingUsd: '4.574175',
      until: '2099-12-31',
    });
    const { stdout } = expectSuccess(await rentcheck(bound, ['what-if', '--gpu-rate', '-30%']));
    expect(stdout).toContain('(a contract fixes $0.75 per GPU-hour of example until 2099-12-31)');
    expect(stdout).toMatch(/saving after the contract ends \(2099-12-31\) +\$6\.37 +\$4\.57/);
    const refused = await rentcheck(bound, ['what-if', '--gpu-rate', '0.70']);
    expectRefusal(refused, 2, 'a contract fixes the price of these GPUs');
  });

  it('says so if a capacity is below the observed one, and raises it', async () => {
    const { stdout } = expectSuccess(await whatIf('--capacity', '1'));
    expect(stdout).toContain('(capacity raised to the highest rate observed: example)');
    const more = expectSuccess(await whatIf('--capacity', '999999'));
    expect(more.stdout).not.toContain('raised');
  });

  it('shows the quarter as an audit at the same moment', async () => {
    const asOf = new Date().toISOString();
    const { asIs } = await wished('--fee', '0', '--as-of', asOf);
    const audit = expectSuccess(await run('audit', '--as-of', asOf, '--json'));
    expect(asIs).toEqual(JSON.parse(audit.stdout));
  });

  it.each([
    [['--hosted-price', '-30%'], { keep: '9.000000', delete: '1.988078' }],
    [['--gpu-rate', '1.20'], { keep: '7.800000', delete: '2.625825' }],
    [['--ops-hours', '0'], { keep: '6.000000', delete: '2.625825' }],
    [['--labor-rate', '2'], { keep: '12.000000', delete: '3.125825' }],
    [['--host', 'host-b'], { keep: '9.000000', delete: '2.694400' }],
    [
      ['--tokens-per-day', '7.8M', ...DAY],
      { keep: peopleOfDay(6, 3), delete: peopleOfDay(1.0629125, 0.5) },
    ],
  ])('%s costs what the same facts would', async (args, expected) => {
    expect(costOf((await wished(...args)).whatIf)).toMatchObject(expected);
  });

  it('takes utilization and capacity together, for one deployment or all', async () => {
    const overrides = ['--utilization', '60%', '--capacity', '4000'];
    for (const scope of [[], ['--deployment', 'example']]) {
      const { changes, whatIf: then } = await wished(...overrides, ...scope);
      expect(changes.map(({ input, whatIf: to }: Record<string, string>) => [input, to])).toEqual([
        ['utilization', '0.600000'],
        ['capacity tok/s', '4000.000000'],
      ]);
      expect(then.totals.tokens).toBe(34_560_000);
    }
  });

  it.each([
    [[], 'No input to change'],
    [['--deployment', 'example'], 'No input to change'],
    [['--deployment', 'nobody', '--fee', '0'], 'unknown deployment "nobody"'],
    [['--hosted-price', '-100%'], 'Invalid value "-100%" for --hosted-price'],
    [['--tokens-per-day', '1B', ...DAY], 'would need 23.15 times its capacity'],
    [['--tokens-per-day', '1M', '--utilization', '0.1'], 'cannot be changed together'],
  ])('refuses %s', async (args, saying) => {
    expectRefusal(await whatIf(...args), 2, saying);
  });

  it('has nothing to change if nothing is stored yet', async () => {
    const empty = temporaryEmpty.path;
    const ran = await rentcheck(empty, ['what-if', '--fee', '0']);
    expect(ran.code).toBe(2);
    expect(ran.stdout).toBe('');
  });
});

const temporaryEmpty = temporaryFolder();
const temporaryBound = temporaryFolder();
