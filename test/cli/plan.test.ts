import { describe, expect, it } from 'vitest';
import { filesIn, folderWith, rentcheck } from '../support/cli.ts';
import {
  expectRefusal,
  WORKED_EXAMPLE_FILES,
  readFactsBySql,
  fillFolder,
  steersTerminal,
  expectSuccess,
} from './cliFixture.ts';

const ASKED = ['--model', 'example/model', '--tokens-per-day', '10M'];
const H100 = ['--gpu', 'H100-80GB=2400'];
const RENT = ['--gpu-rate', '2.5', '--reserved-rate', '1.8', '--serverless-rate', '0.0011'];
const HOST = ['--hosted-in', '0.1', '--hosted-out', '0.3'];
const PEOPLE = ['--ops-hours', '40', '--labor-rate', '100'];

const plan = (folder: string, ...args: string[]) => rentcheck(folder, ['plan', ...ASKED, ...args]);

async function planned(folder: string, ...args: string[]) {
  const ran = expectSuccess(await plan(folder, ...args, '--json'));
  expect(ran.stderr).toBe('');
  return JSON.parse(ran.stdout);
}

/** The whole text for a user, with its lines joined. */
async function read(...args: string[]): Promise<string> {
  const { stdout } = expectSuccess(await plan(await folderWith({}), ...args, '--all'));
  return unwrapped(stdout);
}

const unwrapped = (text: string) => text.replaceAll(/\n {4}(?=\S)/g, ' ');

type Option = { option: string; gpu: string | null; from: string; usd: string };

const costs = ({ options }: { options: Option[] }) =>
  Object.fromEntries(options.map(({ option, usd }) => [option, usd]));

describe('rentcheck plan', () => {
  it('needs no configuration if everything is given', async () => {
    const people = [...PEOPLE, '--hosted-hours', '0'];
    const document = await planned(await folderWith({}), ...H100, ...RENT, ...HOST, ...people);
    // 10M tokens at 80:20 of $0.10 and $0.30; 720 hours; 4,166.67 s of work a day at $0.0011.
    expect(costs(document)).toEqual({
      'hosted API': '42.000000',
      serverless: '137.500000',
      'reserved pods': '1296.000000',
      pods: '1800.000000',
    });
    expect(
      document.options.map(({ withPeopleUsd }: Record<string, string>) => withPeopleUsd),
    ).toEqual(['42.000000', '2537.500000', '5296.000000', '5800.000000']);
    expect(document.missing).toEqual([]);
    expect(document.missingDetails).toEqual([]);
    expect(document.answer).toMatchObject({ option: 'hosted API', usdPerMtok: '0.140000' });
    expect(document.tier).toMatchObject({
      tier: 'hosted API, or a marketplace',
      detail: { tier: 'hosted-or-marketplace', grounds: 'less-than-one-gpu' },
      option: 'serverless',
      gpu: 'H100-80GB',
      usd: '137.500000',
    });
    expect(document.gpus[0]).toMatchObject({
      podUsd: '1800.000000',
      serverless: { breakEvenShare: '0.631313', workerShare: '0.048225' },
      reserved: { breakEvenShare: '0.720000', neededShare: '1.000000', pods: 1, most: 1 },
      podsPay: { alone: { tokensPerDay: null, pods: null } },
    });
  });

  it('starts with the answer, in words that name the case', async () => {
    const args = [...H100, ...RENT, ...PEOPLE, '--hosted-in', '2', '--hosted-out', '2'];
    const stdout = await read(...args);
    const lines = stdout.replace('replicas\nloaded', 'replicas loaded').split('\n');
    expect(lines[0]).toContain('10M tokens a day');
    expect(lines[1]).toContain('peak hour 3× the mean, 20% output');
    expect(lines[3]).toBe('Cheapest: hosted API, $600 a month');
    expect(lines[4]).toBe('Without engineering time: serverless on H100-80GB, $138 a month');
    expect(stdout).toContain(
      'replicas around the clock are cheaper from 157M tokens a day (3 replicas at the peak)',
    );
    expect(stdout).toContain('without it, they are cheaper from 30M tokens a day');
    expect(stdout).toContain('the rule of thumb is 10M');
  });

  it('explains why a full pod that is cheap may never pay off, and repeats nothing', async () => {
    const args = [...H100, '--gpu-rate', '0.2', '--burstiness', '8', ...PEOPLE, ...HOST];
    const stdout = await read(...args, '--hosted-hours', '2');
    expect(stdout).toContain(
      'are never cheaper, with or without engineering time; the rule of thumb is 10M. A full ' +
        'replica costs $0.0289 per Mtok, the API $0.140. With this peak, utilization is at ' +
        'most 10%',
    );
    expect(stdout).toContain('Where to rent GPUs, if not the API');
    expect(stdout).toContain(
      'or a marketplace, for $144 a month (around the clock on H100-80GB). Less than',
    );
  });

  it('reserves the base and rents the peaks by the hour, with the counts', async () => {
    const args = [...H100, ...RENT, '--tokens-per-day', '400M', '--burstiness', '3'];
    const stdout = await read(...args);
    expect(stdout).toMatch(/reserved and by the hour +H100-80GB .* 8 \(1 reserved\)\n/);
    expect(stdout).toContain('cheaper for replicas needed more than 72% of the time: 1 of 8 here');
  });

  it('uses the reserved rate for peaks if no other is known', async () => {
    const args = [...H100, '--reserved-rate', '2.3', '--tokens-per-day', '150M', ...HOST];
    const stdout = await read(...args, '--burstiness', '1');
    expect(stdout).toContain(
      'neocloud, reserved, for $1,656 a month (reserved on H100-80GB). Only a reserved rate',
    );
    expect(stdout).toContain('The on-demand rate of H100-80GB is unknown. Give --gpu-rate.');
  });

  it('says that pods never pay off if their hour costs more than a worker', async () => {
    const rent = ['--gpu-rate', '2.5', '--reserved-rate', '3', '--serverless-rate', '0.0005'];
    const stdout = await read(...H100, ...rent);
    expect(stdout).toContain(
      'replicas are never cheaper: a replica-hour costs 139% of a worker-hour',
    );
    expect(stdout).toContain('reserved: never cheaper: it costs 120% of the on-demand price');
    expect(stdout).not.toMatch(/above 1\d\d%/);
  });

  it('refuses a load beyond any number of GPUs', async () => {
    const args = ['--gpu', 'H100-80GB=0.001', '--gpu-rate', '1'];
    expectRefusal(await plan(await folderWith({}), ...args), 2, 'replicas on H100-80GB');
  });

  it('compares GPUs by the deciding figure: the month with engineering time', async () => {
    const gpus = [...H100, '--gpu', 'A100-80GB=1000', '--gpu-rate', 'A100-80GB=1.5'];
    const args = [...gpus, ...RENT, ...PEOPLE, ...HOST];
    const stdout = await read(...args);
    expect(stdout).toMatch(
      /H100-80GB \(H100-80GB \$2,538 a month, serverless, A100-80GB \$[\d,]+ a month, \w+/,
    );
  });

  it('counts no engineering hours with a provider if none were given, and says so', async () => {
    const document = await planned(await folderWith({}), ...H100, ...RENT, ...HOST, ...PEOPLE);
    expect(document.missing).toEqual([expect.stringContaining('Give --hosted-hours')]);
    expect(document.missingDetails).toEqual([{ code: 'hosting-hours' }]);
    expect(document.asked.people.hostedHours).toBe('0.000000');
  });

  it('prices several GPUs, each at its own rate', async () => {
    const slow = ['--gpu', 'A100-80GB=1500', '--gpu-rate', 'A100-80GB=1.5', '--burstiness', '1'];
    const fast = [...H100, '--gpu-rate', 'H100-80GB=2.95', ...HOST];
    const document = await planned(await folderWith({}), ...slow, ...fast);
    expect(document.gpu).toBe('A100-80GB');
    expect(
      document.gpus.map(({ bestUsdPerMtok }: Record<string, string>) => bestUsdPerMtok),
    ).toEqual(['3.600000', '7.080000']);
  });

  it('says what is missing and what would be needed, and guesses nothing', async () => {
    const ran = await plan(
      await folderWith({}),
      '--gpu',
      'H100-80GB',
      '--gpu-rate',
      '2.95',
      '--all',
    );
    expect(ran.code).toBe(1);
    const stdout = unwrapped(ran.stdout);
    expect(stdout).toContain('Cheapest: unknown');
    expect(stdout).toContain(
      'one replica can serve the peak hour at 434 tokens/s or more; it costs $2,124 a month',
    );
    for (const lacking of [
      'hosted API',
      'capacity',
      'reserved',
      'serverless',
      'Engineering time',
    ]) {
      expect(stdout.split('\nMissing\n')[1]).toContain(lacking);
    }
  });

  it("uses the ledger's newest prices and the config's hours, and stores nothing", async () => {
    const folder = await fillFolder(await folderWith({}));
    await filesIn(folder, {
      'rates.csv': [
        'provider,gpu_type,pricing_class,valid_from,usd_per_gpu_hour',
        'Dear,NVIDIA H100 80GB HBM3,on-demand,2026-01-01,3.10',
        'Fair,H100 80GB,on-demand,2026-01-01,9.99',
        'Fair,H100 80GB,on-demand,2026-02-01,2.90',
        'Fair,H100 80GB,reserved,2026-01-01,2.00',
        '',
      ].join('\n'),
    });
    expectSuccess(await rentcheck(folder, ['import', 'rates', 'rates.csv']));
    const facts = await readFactsBySql(folder);
    const document = await planned(folder, ...H100);
    expect(document.options).toEqual([
      expect.objectContaining({ option: 'hosted API', from: 'host-b' }),
      expect.objectContaining({ option: 'reserved pods', from: 'Fair', usd: '1440.000000' }),
      expect.objectContaining({ option: 'pods', from: 'Fair', usd: '2088.000000' }),
    ]);
    expect(document.asked.people).toEqual({
      basis: 'config',
      selfHostedHours: '1.000000',
      hostedHours: '0.166667',
      usdPerHour: '1.000000',
    });
    const given = await planned(folder, ...H100, '--gpu-rate', '1', ...HOST);
    expect(costs(given)).toMatchObject({ pods: '720.000000', 'hosted API': '42.000000' });
    expect(await readFactsBySql(folder)).toBe(facts);
  });

  it('uses capacity and worker of a deployment the same way, and names it', async () => {
    const worker =
      'serverless: { usdPerSecond: 0.001, coldStartSeconds: 0, idleTimeoutSeconds: 0 }';
    const stated = (WORKED_EXAMPLE_FILES['rentcheck.yaml'] ?? '').replace(
      '    hosted:',
      `    ${worker}\n    hosted:`,
    );
    const folder = await fillFolder(await folderWith({}));
    await filesIn(folder, { 'rentcheck.yaml': stated });
    const alike = await planned(folder, '--gpu', 'NVIDIA A100 80GB', '--gpu-rate', '1.5', ...HOST);
    expect(alike.gpus[0]).toMatchObject({
      capacityTokPerSec: '3000.000000',
      capacityOf: 'example',
    });
    // 10M tokens a day at 3,000 a second are 3,333.33 s, at $0.001, for 30 days.
    expect(alike.options).toContainEqual(
      expect.objectContaining({ from: 'the config of example', usd: '100.000000' }),
    );
    const { stdout } = expectSuccess(await plan(folder, '--gpu', 'A100-80GB', ...HOST));
    expect(stdout).toContain('A100-80GB: 3,000 tokens/s, from example in rentcheck.yaml');
    for (const other of [['A100-80GB=1500'], ['A100-80GB', '--gpu-count', '2'], ['H100-80GB']]) {
      const { gpus } = await planned(folder, '--gpu', ...other, '--gpu-rate', '1', ...HOST);
      expect(gpus[0].capacityOf).toBeNull();
    }
  });

  it('plans with the given figures if the configuration has no ledger yet', async () => {
    const folder = await folderWith({
      'rentcheck.yaml': WORKED_EXAMPLE_FILES['rentcheck.yaml'] ?? '',
    });
    const ran = expectSuccess(await plan(folder, ...H100, ...HOST));
    expect(ran.stdout).toContain('Cheapest: hosted API, $42.00 a month');
    expect(ran.stderr).toMatch(/^note: .*This plan uses only the values on the command line\.\n$/);
  });

  it('shows hostile names as text', async () => {
    const args = ['--gpu', 'H\u001b[31m\n=2400', '--gpu-rate', '2', ...HOST];
    const ran = expectSuccess(await plan(await folderWith({}), ...args));
    expect(steersTerminal(ran.stdout + ran.stderr)).toBe(false);
  });

  it.each([
    [['--gpu', 'H100=0'], 'Invalid value "0" for --gpu'],
    [['--gpu', 'H100=1e99'], 'Invalid value "1e99" for --gpu'],
    [['--gpu', ' '], 'Invalid value "" for --gpu'],
    [['--gpu', '=5'], 'Invalid value "=5" for --gpu'],
    [[...H100, ...H100], '--gpu lists "H100-80GB" twice'],
    [[...H100, '--gpu-rate', 'H100=2'], '--gpu-rate is for "H100", but no --gpu lists it'],
    [[...H100, '--burstiness', '0.5'], 'Invalid value "0.5" for --burstiness'],
    [[...H100, '--burstiness', '25'], 'Invalid value "25" for --burstiness'],
    [[...H100, '--headroom', '0'], 'Invalid value "0" for --headroom'],
    [[...H100, '--gpu-count', '1.5'], 'Invalid value "1.5" for --gpu-count'],
    [[...H100, '--hosted-in', '0.1'], 'Missing --hosted-in or --hosted-out'],
    [[...H100, '--config', 'nowhere.yaml'], 'nowhere.yaml'],
    [[], 'Missing --model, --gpu or --tokens-per-day'],
  ])('refuses %s', async (args, saying) => {
    expectRefusal(await plan(await folderWith({}), ...args), 2, saying);
  });
});
