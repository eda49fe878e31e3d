/** Demand classes, tenants and other usage facts from a file, from import to report. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { HOUR_MS, period } from '../../src/domain/period.ts';
import type { Fetched } from '../../src/domain/provenance.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { settableClock } from '../../src/platform/clock.ts';
import { readDeployment } from '../../src/report/sections/deploymentReading.ts';
import { optionTable } from '../../src/report/sections/optionTables.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import { filesIn, rentcheck, temporaryFolder } from '../support/cli.ts';
import {
  WORKED_EXAMPLE_FILES,
  fillFolder,
  LAST_START,
  steersTerminal,
  expectSuccess,
} from './cliFixture.ts';
import { LEADER } from '../support/readers.ts';

const [HEADER = '', ...ROWS] = (WORKED_EXAMPLE_FILES['usage.csv'] ?? '').trim().split('\n');
const START_MS = Date.parse(LAST_START);

/** The worked example's usage, with these `demand` and `tenant` cells in each row. */
function withDemand(cells: (row: string, at: number) => readonly string[]): string {
  const lines = ROWS.flatMap((row, at) => cells(row, at));
  return [`${HEADER},demand,tenant`, ...lines, ''].join('\n');
}

async function audited(folder: string, ...more: readonly string[]): Promise<Audit> {
  const ran = await rentcheck(folder, ['audit', '--json', ...more]);
  expect(ran.stderr).not.toContain('refused');
  return JSON.parse(ran.stdout) as Audit;
}

/** A company folder with usage from this file. */
async function company(usage: string): Promise<string> {
  const folder = temporaryFolder().path;
  await filesIn(folder, { ...WORKED_EXAMPLE_FILES, 'usage.csv': usage });
  for (const kind of ['charges', 'usage', 'prices']) {
    expectSuccess(await rentcheck(folder, ['import', kind, `${kind}.csv`]));
  }
  return folder;
}

/** The whole audit without its ids, digests and other usage facts. */
function figures({ asOf: _asOf, runId: _run, inputsDigest: _inputs, ...audit }: Audit) {
  const deployments = audit.deployments.map(
    ({ demand: _demand, latency: _latency, gpu: _gpu, ...each }) => each,
  );
  return { ...audit, digests: audit.digests?.settings, deployments };
}

async function bring(folder: string, facts: Omit<Fetched, 'fetch'>): Promise<void> {
  const ledger = await openLedger(join(folder, 'rentcheck.db'), {
    clock: settableClock(Date.now()),
  });
  const metadata = { sourceId: 'import', kind: 'prometheus.usage', url: 'http://prom.example/' };
  const fetch = { ...metadata, startedAtMs: Date.now(), endedAtMs: Date.now() };
  const { refused } = await ledger.facts.append({ fetch, ...facts }, Date.now());
  await ledger.close();
  expect(refused).toEqual([]);
}

const OF = {
  sourceId: 'import',
  deployment: 'example',
  period: period(START_MS, START_MS + HOUR_MS),
};

const BESIDE: Omit<Fetched, 'fetch'> = {
  latency: [
    {
      position: 0,
      fact: {
        ...OF,
        measure: 'time-to-first-token',
        boundsSeconds: [0.1, 0.5, 1],
        counts: [10, 30, 10, 0],
      },
    },
    {
      position: 1,
      fact: { ...OF, measure: 'inter-token', boundsSeconds: [0.02], counts: [1, 9] },
    },
  ],
  gpuActivity: [{ position: 0, fact: { ...OF, gpuMs: HOUR_MS, gpuUtilMillionths: 50_000 } }],
};

describe('an audit', () => {
  let plain: Audit;
  let folder: string;

  beforeAll(async () => {
    plain = await audited(await fillFolder(temporaryFolder().path));
    folder = await company(withDemand((row) => [`${row},user,acme`]));
  });

  it('is the same to the digit if all demand is labeled user', async () => {
    const audit = await audited(folder);
    expect(figures(audit)).toEqual(figures(plain));
    expect(audit.inputsDigest).not.toBe(plain.inputsDigest);
    expect(audit.deployments[0]?.demand).toEqual({
      userTokens: 15_600_000,
      batchTokens: 0,
      benchmarkTokens: 0,
      keepWarmTokens: 0,
      notToldTokens: 0,
    });
  });

  it('has the same money with GPU telemetry and latency, and the same id again', async () => {
    const asOf = new Date().toISOString();
    const before = await audited(folder);
    await bring(folder, BESIDE);
    const audit = await audited(folder);
    expect(figures(audit)).toEqual(figures(plain));
    expect(audit.deployments[0]).toMatchObject({
      latency: {
        timeToFirstToken: { p50: { seconds: '0.300000', isMore: false } },
        interToken: { p95: { seconds: '0.020000', isMore: true } },
      },
      // Three of four billed hours had work. 5% is less than a third of 36%.
      gpu: { gpuUtil: '0.050000', workedFraction: '0.750000', disagrees: true },
    });
    expect((await audited(folder)).runId).toBe(audit.runId);
    const then = await audited(folder, '--as-of', asOf);
    expect(figures(then)).toEqual(figures(before));
    expect(then.deployments[0]).not.toHaveProperty('gpu');
  });

  it('shows it next to self-hosting and on the terminal', async () => {
    const { stdout } = await rentcheck(folder, ['audit', '--all']);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('300 ms to the first token (p95 875 ms)');
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('between tokens (p95 more than 20 ms)');
    expect(stdout).toContain('GPU_UTIL 5%');
    const ran = await rentcheck(folder, ['report', '--out', 'out']);
    expectSuccess(ran);
    const text = await readFile(join(folder, 'out', 'report.txt'), 'utf8');
    expect(text.replaceAll(/\s+/g, ' ')).toContain(
      'example: A hosted API would have to match 300 ms to the first token (p95 875 ms), more ' +
        'than 20 ms between tokens (p95 more than 20 ms).',
    );
    const [deployment] = (await audited(folder)).deployments;
    const notes =
      deployment === undefined ? [] : optionTable(readDeployment(deployment), LEADER).rows;
    expect(notes.find(({ cells }) => cells[0] === 'delete')?.note).toContain(
      'to match: 300 ms to the first token',
    );
  });
});

describe('batch demand', () => {
  it("is priced at a provider's batch price, or at its standard price without one", async () => {
    const usage = withDemand((row, at) => [`${row},${at === 1 ? 'batch' : 'user'},`]);
    const folder = await company(usage);
    const [header = '', ...rows] = (WORKED_EXAMPLE_FILES['prices.csv'] ?? '').trim().split('\n');
    const standard = rows.find((row) => row.startsWith('host-a')) ?? '';
    const cells = standard.split(',');
    // Half of $0.10, $0.05 and $0.30.
    const batch = [...cells.slice(0, 4), '0.05', '0.025', '0.15', ...cells.slice(7)].join(',');
    await filesIn(folder, { 'batch.csv': `${header},service_tier\n${batch},batch\n` });
    const costs = async () => {
      const [deployment] = (await audited(folder)).deployments;
      const considered = deployment?.hosted?.considered ?? [];
      return considered.map(({ host, costUsd }) => [host, costUsd]);
    };
    expect(await costs()).toEqual([
      ['host-a', '2.125825'],
      ['host-b', '2.194400'],
    ]);
    expectSuccess(await rentcheck(folder, ['import', 'prices', 'batch.csv']));
    // Half of (8.1 × 0.10 + 0.9 × 0.05 + 1.8 × 0.30) × 1.055 = $1.471725 is the discount.
    expect(await costs()).toEqual([
      ['host-a', '1.389962'],
      ['host-b', '2.194400'],
    ]);
  });
});

describe('benchmark load', () => {
  it('changes no verdict: the GPU cost is shared by what was served', async () => {
    const half = '4500000,900000,900000,2250,3600,3600';
    const folder = await company(
      withDemand((row, at) => {
        if (at !== 1) return [`${row},,`];
        const cells = row.split(',').slice(0, 3).join(',');
        return [`${cells},${half},benchmark,`, `${cells},${half},user,"<b>\u001b[31macme"`];
      }),
    );
    const audit = await audited(folder);
    // See test/economics/demand.test.ts.
    expect(audit.deployments[0]).toMatchObject({
      spendUsd: '6.000000',
      tokens: 10_200_000,
      effectiveUsdPerMtok: '0.588235',
      utilization: '0.236111',
      demand: { benchmarkTokens: 5_400_000, userTokens: 5_400_000, notToldTokens: 4_800_000 },
    });
    const sql = 'SELECT tenant, demand, tokens, spend_nano_usd FROM cost_by_tenant';
    const ran = await rentcheck(folder, ['sql', sql]);
    expect(steersTerminal(ran.stdout)).toBe(false);
    const json = await rentcheck(folder, ['sql', sql, '--format', 'json']);
    const rows = JSON.parse(json.stdout) as { demand: string; spend_nano_usd: number }[];
    // $6.00 of 15.6 Mtok, including the benchmark's. Each user of it has a share of the GPU cost.
    const costs = rows.map((row) => [row.demand, row.spend_nano_usd]);
    expect(Object.fromEntries(costs)).toEqual({
      null: 1_846_153_846,
      benchmark: 2_076_923_077,
      user: 2_076_923_077,
    });
  });
});
