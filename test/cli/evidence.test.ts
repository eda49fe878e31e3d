import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { dayText } from '../../src/domain/period.ts';
import { quarterAt, quarterText } from '../../src/calendar/quarter.ts';
import { filesIn, rentcheck, temporaryFolder } from '../support/cli.ts';
import {
  expectRefusal,
  WORKED_EXAMPLE_FILES,
  fillFolder,
  LAST_END,
  LAST_QUARTER,
  LAST_START,
  expectSuccess,
} from './cliFixture.ts';

describe('an empty ledger', () => {
  const folder = temporaryFolder().path;
  const run = (...args: string[]) => rentcheck(folder, args);

  beforeAll(async () => {
    const [header = ''] = (WORKED_EXAMPLE_FILES['charges.csv'] ?? '').split('\n');
    await filesIn(folder, { ...WORKED_EXAMPLE_FILES, 'charges.csv': `${header}\n` });
    expectSuccess(await run('import', 'charges', 'charges.csv'));
  });

  it('is audited anyway: every figure present, unknown never zero, exit 1', async () => {
    const ran = await run('audit', '--json');
    expect(ran.code).toBe(1);
    const audit = JSON.parse(ran.stdout);
    expect(audit).toMatchObject({ schema: 'rentcheck/audit/1', quarter: LAST_QUARTER });
    expect(audit.stack).toMatchObject({ verdict: 'not enough evidence' });
    expect(audit.stack.missing.length).toBeGreaterThan(0);
    expect(audit.totals).toMatchObject({
      spendUsd: '0.000000',
      tokens: 0,
      effectiveUsdPerMtok: null,
      hostedUsdPerMtok: null,
      coverage: null,
    });
    expect(audit.deployments[0]).toMatchObject({ id: 'example', utilization: null });
    expect(ran.stderr).toMatch(/^incomplete: Not enough evidence for a verdict: \S/);
  });

  it('is reported with what is missing, once, and why the exit code is 1', async () => {
    const ran = await run('audit');
    expect(ran.code).toBe(1);
    expect(ran.stdout).toMatch(/^Rent check Q\d \d{4}\. No bills and no usage are recorded /);
    expect(ran.stdout).toMatch(/^example +not enough evidence +\$0 +unknown +unknown/m);
    const actions = ran.stdout.match(/^\d\. .*$/gm) ?? [];
    expect(actions.length).toBeGreaterThan(0);
    const all = await run('audit', '--all');
    const [, missing = ''] = all.stdout.split('\nMissing\n');
    const bullets = missing.split('\n\n')[0]?.match(/^ {2}- .*$/gm) ?? [];
    expect(bullets.length).toBeGreaterThan(0);
    expect(new Set(bullets).size).toBe(bullets.length);
    expect(ran.stderr).toMatch(/^incomplete: Not enough evidence/);
  });

  it('has no report without an audit, and the message names the command to audit', async () => {
    expectRefusal(
      await run('report', '2020-Q1'),
      1,
      'No audit of 2020-Q1 is stored',
      'audit 2020-Q1',
    );
    expectRefusal(await run('report', '--run', 'abc'), 1, 'No stored audit has the run ID abc');
    const window = ['--from', '2020-01-01', '--to', '2020-02-01'];
    expectRefusal(await run('report', ...window), 1, 'is stored', 'audit --from 2020-01-01');
  });

  it('has neither a saving nor a forecast if it only has engineering hours', async () => {
    const audit = JSON.parse((await run('audit', '--json')).stdout);
    expect(audit.stack).toMatchObject({
      savingUsd: { base: null, low: null, high: null },
      keepUsd: null,
      bestPlan: [],
      outlook: null,
    });
  });

  it('has nothing to report, with what to do', async () => {
    const message = `The audit of ${LAST_QUARTER} contains no bills and no usage`;
    expectRefusal(await run('report'), 1, message, 'pull or import the bills and the usage');
  });
});

it('nothing is reported to a folder that cannot be written', async () => {
  const folder = await fillFolder(temporaryFolder().path);
  await rentcheck(folder, ['audit']);
  await writeFile(join(folder, 'a-file'), '');
  const ran = await rentcheck(folder, ['report', '--out', 'a-file/out']);
  expectRefusal(ran, 2, 'cannot write', 'a-file', 'use another path');
});

describe('a quarter that is not finished', () => {
  const folder = temporaryFolder().path;
  const name = quarterText(quarterAt(Date.now()));

  beforeAll(async () => {
    await fillFolder(folder);
    const later = ['charges', 'usage'].map((kind) => {
      const text = WORKED_EXAMPLE_FILES[`${kind}.csv`] ?? '';
      return [`${kind}.csv`, text.replaceAll(LAST_START, LAST_END).replace('line-1', 'line-2')];
    });
    await filesIn(folder, Object.fromEntries(later));
    for (const kind of ['charges', 'usage']) {
      expectSuccess(await rentcheck(folder, ['import', kind, `${kind}.csv`]));
    }
  });

  it('is audited up to the last midnight and marked partial, in JSON and in words', async () => {
    const ran = await rentcheck(folder, ['audit', name, '--json']);
    const audit = JSON.parse(ran.stdout);
    expect(audit).toMatchObject({ quarter: name, window: { partial: true } });
    expect(audit.window.start).toBe(`${LAST_END}T00:00:00Z`);
    expect(Date.parse(audit.window.end)).toBeLessThanOrEqual(Date.now());
    const text = await rentcheck(folder, ['audit', name]);
    // On the first day of a quarter it is audited up to the current moment.
    const [, end = ''] =
      /^Rent check Q\d \d{4} so far \(data up to (\S+)\)\./m.exec(text.stdout) ?? [];
    expect(Date.parse(end)).toBeGreaterThanOrEqual(Date.parse(audit.window.end));
    expect(Date.parse(end)).toBeLessThanOrEqual(Date.now());
  });

  it('is reported as partial, in the subject too', async () => {
    const ran = await rentcheck(folder, ['report', name, '--out', 'out', '--json']);
    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.stdout).subject).toMatch(/^Rent check Q\d \d{4} so far: /);
  });

  it('is skipped when the last quarter is requested', async () => {
    const ran = await rentcheck(folder, ['audit', '--json']);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      quarter: LAST_QUARTER,
      window: { start: `${LAST_START}T00:00:00Z`, partial: false },
    });
    expect(dayText(Date.now()) >= LAST_END).toBe(true);
  });
});
