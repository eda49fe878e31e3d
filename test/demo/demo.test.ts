/** Runs the demo from the command line and compares it with its planted truth. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { PLANTED_POD_SECRET } from '../../src/demo/keys.ts';
import { DEMO_ENVIRONMENT } from '../../src/demo/sources.ts';
import { decimal, sum } from '../../src/domain/exact.ts';
import { usdText } from '../../src/domain/money.ts';
import { loadConfig } from '../../src/config/load.ts';
import { findDeploymentSellers } from '../../src/jobs/hostedPrices.ts';
import { openLedger } from '../../src/ledger/open.ts';
import type { FindingWithText } from '../../src/report/copy/findings.ts';
import { renderVerdict } from '../../src/cli/verdictText.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import { METRICS } from '../../src/web/metrics/metrics.ts';
import type { MetricsSnapshot } from '../../src/web/metrics/snapshot.ts';
import { type CliResult, rentcheck, temporaryFolder } from '../support/cli.ts';
import { demoClock } from '../support/demoFleet.ts';
import { demoReports } from '../support/demoReports.ts';
import type { DemoTruth } from '../support/demoTruth.ts';
import { expectGolden } from '../support/golden.ts';
import { findSchemaFaults } from '../support/jsonSchema.ts';

const folder = temporaryFolder();
let ran: CliResult;
let truth: DemoTruth;
let audit: Audit;

beforeAll(async () => {
  ran = await rentcheck(folder.path, ['demo']);
  const read = (name: string) => readFileSync(join(folder.path, 'out/demo', name), 'utf8');
  truth = JSON.parse(read('planted-truth.json')) as DemoTruth;
  audit = JSON.parse(read('report.json')) as Audit;
});

/** The first six decimal places: every amount of the truth ends there. */
const sixPlaces = (nanoText: string) => {
  expect(nanoText).toMatch(/^\d+\.\d{6}000$/);
  return nanoText.slice(0, -3);
};

async function sql(query: string): Promise<Record<string, string | number>[]> {
  const config = join(folder.path, 'out/demo/rentcheck.yaml');
  const answer = await rentcheck(folder.path, ['sql', query, '--format', 'json', '-c', config]);
  expect(answer).toMatchObject({ code: 0, stderr: '' });
  return JSON.parse(answer.stdout) as Record<string, string | number>[];
}

interface PricesTold {
  readonly disagreements: readonly Record<string, unknown>[];
  readonly quarantined: readonly Record<string, unknown>[];
}

/** As known when the quarter is audited. */
async function pricesTold(): Promise<PricesTold> {
  const config = join(folder.path, 'out/demo/rentcheck.yaml');
  const asked = ['prices', '--at', '2026-10-05T08:00:00Z', '--json', '-c', config];
  return JSON.parse((await rentcheck(folder.path, asked)).stdout) as PricesTold;
}

let findings: readonly FindingWithText[] | undefined;

async function doctor(): Promise<readonly FindingWithText[]> {
  if (findings !== undefined) return findings;
  const config = join(folder.path, 'out/demo/rentcheck.yaml');
  const { stdout } = await rentcheck(folder.path, ['doctor', '--json', '-c', config]);
  ({ findings } = JSON.parse(stdout) as { findings: FindingWithText[] });
  return findings;
}

describe('the demo', () => {
  test('exits with 0, with the verdict in the terminal and the files where it says', () => {
    expect(ran).toMatchObject({ code: 0 });
    for (const id of truth.deployments.map((deployment) => deployment.id)) {
      expect(ran.stdout).toContain(id);
    }
    const written = ran.stdout.split('\n').filter((line) => line.startsWith('  /'));
    expect(written.length).toBeGreaterThanOrEqual(8);
    expect(written.filter((line) => !existsSync(line.trim()))).toEqual([]);
  });

  test('leaves a ledger from which the report is sent, into a folder, once', async () => {
    const config = join(folder.path, 'out/demo/rentcheck.yaml');
    const send = () => rentcheck(folder.path, ['send', '2026-Q3', '--json', '-c', config]);
    const sent = await send();
    expect(sent).toMatchObject({ code: 0, stderr: '' });
    const { deliveries }: { deliveries: object[] } = JSON.parse(sent.stdout);
    // Two leaders, the owner of four deployments, finance.
    expect(deliveries).toHaveLength(7);
    expect(readdirSync(join(folder.path, 'out/demo/mailbox'))).toHaveLength(7);
    expect((await send()).stdout).toBe(sent.stdout);
    expect(readdirSync(join(folder.path, 'out/demo/mailbox'))).toHaveLength(7);
  });

  test('spends exactly what the fleet really cost', () => {
    expect(audit.totals.spendUsd).toBe(sixPlaces(truth.spendUsd));
    expect(audit.totals.unattributedUsd).toBe(sixPlaces(truth.unattributedUsd));
    for (const planted of truth.deployments) {
      const found = audit.deployments.find(({ id }) => id === planted.id);
      expect(found?.spendUsd).toBe(sixPlaces(planted.spendUsd));
    }
    for (const planted of [...truth.sources, ...truth.bought]) {
      const lines = audit.bill?.lines.filter(({ source }) => source === planted.source) ?? [];
      expect(usdText(sum(lines.map(({ usd }) => decimal(usd))))).toBe(sixPlaces(planted.spendUsd));
    }
  });

  test('is pulled without a warning but those for what was planted', async () => {
    const fetches = await sql('SELECT warnings_json FROM fetch WHERE warnings_json IS NOT NULL');
    const warnings = fetches.flatMap(
      ({ warnings_json }) => JSON.parse(String(warnings_json)) as { code: string }[],
    );
    expect([...new Set(warnings.map(({ code }) => code))].toSorted()).toEqual([
      'price-in-doubt',
      'server-restarted',
      'uptime-before-price',
    ]);
  });

  test('reports to finance, to an owner and as a correction in the approved wording', async () => {
    const reports = await demoReports(join(folder.path, 'out/demo/rentcheck.db'), 'doc-summaries');
    expectGolden('finance.golden.txt', reports.finance);
    expectGolden('owner.golden.txt', reports.owner);
    expectGolden('corrected.golden.txt', reports.corrected);
  });

  test('counts exactly the dollars and tokens bought from hosted APIs, by deployment', () => {
    expect(audit.totals.hostedSpendUsd).toBe(sixPlaces(truth.hostedSpendUsd));
    expect(audit.totals.hostedSpend?.models).toEqual(
      truth.bought.map(({ source, model, deployment, tokens, spendUsd }) => ({
        source,
        model,
        deployment,
        tokens,
        usd: sixPlaces(spendUsd),
        isSecondHand: false,
      })),
    );
    expect(audit.totals.hostedSpend).toMatchObject({
      captureRate: '1.000000',
      unattributedUsd: '307.050000',
    });
  });

  test('lists in SQL the tokens and dollars bought, by model', async () => {
    const rows = await sql(
      `select source, model, sum(tokens) as tokens, cast(sum(spend_nano_usd) as text) as nano
       from hosted_spend_by_day where day between '2026-07-01' and '2026-09-30'
       group by 1, 2 order by 4 desc`,
    );
    expect(rows).toEqual(
      truth.bought.map(({ source, model, tokens, spendUsd }) => ({
        source,
        model,
        tokens,
        nano: spendUsd.replace('.', '').replace(/^0+/, ''),
      })),
    );
  });

  test('evaluates bringing that traffic in-house, and finds no capacity at the busy hours', () => {
    const chat = audit.deployments.find(({ id }) => id === 'support-chat');
    const back = chat?.options.find(({ option }) => option === 'bring-back');
    const [bought] = truth.bought;
    expect(back).toMatchObject({
      hostedUsd: `-${sixPlaces(bought?.spendUsd ?? '')}`,
      detail: { broughtTokens: bought?.tokens, leastExtraReplicaHours: '0.000000' },
    });
    expect(Number(back?.savingUsd)).toBeLessThan(0);
    const others = audit.deployments.filter(({ id }) => id !== 'support-chat');
    const names = others.flatMap(({ options }) => options.map(({ option }) => option));
    expect(names).not.toContain('bring-back');
  });

  test('spends at each source, to the nano-dollar, what was planted there', async () => {
    const rows = await sql(
      `select source, cast(sum(spend_nano_usd) as text) as nano from spend_by_day
       where day between '2026-07-01' and '2026-09-30' group by 1 order by 1`,
    );
    const expected = [...truth.sources, ...truth.bought]
      .map(({ source, spendUsd }) => ({
        source,
        nano: spendUsd.replace('.', '').replace(/^0+/, ''),
      }))
      .sort((a, b) => (a.source < b.source ? -1 : 1));
    expect(rows).toEqual(expected);
    expect(rows.map(({ source }) => source)).toEqual([
      'coreweave',
      'crusoe',
      'digitalocean',
      'hyperstack',
      'import',
      'lambda',
      'nebius',
      'openai',
      'router',
      'runpod-main',
      'together',
      'vast',
    ]);
  });

  test('finds in the ledger what invoices and providers state, month by month', async () => {
    const rows = await sql(
      'select source, month, class, against from reconciliation order by 1, 2',
    );
    const months = ['2026-07', '2026-08', '2026-09'];
    const stated = [
      { source: 'digitalocean', against: 'own total' },
      { source: 'hyperstack', against: 'own total' },
      { source: 'lambda', against: 'invoice' },
      { source: 'runpod-main', against: 'own total' },
    ];
    expect(rows).toEqual(
      stated.flatMap((each) => months.map((month) => ({ ...each, month, class: 'matched' }))),
    );
  });

  test('reports the basis of the spend, and how much of it is committed until when', () => {
    // Two reserved GPUs at $2.70 for the 2,208 hours of the next quarter.
    const text = renderVerdict(audit, { screen: { columns: 400, rows: 24 }, all: true });
    expect(text).toContain('The coreweave commitment ends on Dec 31, 2026. $11,923 is committed');
    expect(text).toContain(
      '$11,923 computed from quantities at negotiated prices, $46,996 as billed and $3,952 ' +
        'computed from running time at an hourly price',
    );
  });

  test('counts every token and request that was served', () => {
    for (const planted of truth.deployments) {
      const found = audit.deployments.find(({ id }) => id === planted.id);
      expect(found).toMatchObject({
        promptTokens: planted.promptTokens,
        cachedTokens: planted.cachedTokens,
        outputTokens: planted.outputTokens,
        requests: planted.requests,
      });
    }
  });

  test('pays for every replica-second that was rented, including the pod that was replaced', () => {
    for (const planted of truth.deployments) {
      const found = audit.deployments.find(({ id }) => id === planted.id);
      const hours = (planted.paidReplicaSeconds / 3600).toFixed(6);
      expect(`${planted.id} ${found?.paidReplicaHours}`).toBe(`${planted.id} ${hours}`);
    }
  });

  test('prices each provider by its own formula, and excludes those that must be excluded', () => {
    for (const planted of truth.deployments) {
      const found = audit.deployments.find(({ id }) => id === planted.id);
      const considered = new Map(found?.hosted?.considered.map((host) => [host.host, host]));
      for (const { host, notEligible, costUsd } of planted.hosted) {
        const expected = notEligible === null ? costUsd : null;
        // A quarantined price is not used anywhere.
        const weighed = notEligible === 'quarantine' ? undefined : expected;
        expect(`${host} ${considered.get(host)?.costUsd}`).toBe(`${host} ${weighed}`);
      }
    }
  });

  test('finds the one catalog price that the provider does not charge, and skips it', async () => {
    const { disagreements } = await pricesTold();
    const own = {
      source: 'router',
      host: 'parasail/fp8',
      inputUsd: '0.260000',
      outputUsd: '0.600000',
    };
    const catalog = { source: 'price-catalog', inputUsd: '0.130000', outputUsd: '0.300000' };
    expect(disagreements).toMatchObject([
      { side: 'input', own, catalog },
      { side: 'output', own, catalog },
    ]);
    const chat = audit.deployments.find(({ id }) => id === 'support-chat');
    expect(chat?.hosted?.secondHand).toBeUndefined();
    expect(chat?.hosted?.considered.map(({ host }) => host)).not.toContain('parasail');
  });

  test('quarantines the one price in an unknown unit, and doctor reports it', async () => {
    const { quarantined } = await pricesTold();
    const { host, inputUsd, outputUsd } = quarantined[0] ?? {};
    expect(quarantined).toHaveLength(1);
    expect({ host, inputUsd, outputUsd }).toEqual({
      host: 'fake-provider/fp8',
      inputUsd: '0.000240',
      outputUsd: '0.000550',
    });
    expect((await doctor()).map(({ says }) => says)).toContain(
      'The price of fake-provider/fp8 for meta-llama/llama-3.3-70b-instruct ' +
        '($0.00024 in, $0.00055 out per Mtok) is in quarantine and is not used.',
    );
  });

  test('reports the provider that stops selling: in the alert, doctor and the metric', async () => {
    const result = ran.stderr.split('\n').filter((line) => line.includes('on call'));
    expect(result).toEqual([
      '- Alert on 2026-09-07 to the person on call: Rent check: SiliconFlow stopped selling the ' +
        'hosted equivalent of claims-triage',
    ]);
    expect((await doctor()).map(({ says }) => says)).toContain(
      'The provider SiliconFlow stopped selling the hosted equivalent on 2026-09-07. Providers ' +
        'that sell one now: 4.',
    );
    const config = await loadConfig(join(folder.path, 'out/demo/rentcheck.yaml'), { env: {} });
    const ledger = await openLedger(config.ledger, { clock: demoClock(), mode: 'readonly' });
    const nowMs = Date.UTC(2026, 8, 14);
    const sellers = await findDeploymentSellers({ config, ledger, nowMs });
    await ledger.close();
    const metric = METRICS.find(({ name }) => name === 'rentcheck_hosted_retired');
    const seen = { ledger: { hostSellers: sellers }, nowMs } as unknown as MetricsSnapshot;
    expect(metric?.samples(seen).map(({ labels, value }) => [labels['deployment'], value])).toEqual(
      [
        ['support-chat', 0],
        ['doc-summaries', 0],
        ['code-review', 0],
        ['claims-triage', 1],
      ],
    );
  });

  test('counts every benchmark token, and bases no verdict on it', () => {
    const review = audit.deployments.find(({ id }) => id === 'code-review');
    const planted = truth.deployments.find(({ id }) => id === 'code-review');
    if (planted === undefined) throw new Error('no code-review');
    const { benchmark, promptTokens, outputTokens } = planted;
    expect(review?.demand).toEqual({
      userTokens: promptTokens + outputTokens,
      batchTokens: 0,
      benchmarkTokens: benchmark.promptTokens + benchmark.outputTokens,
      keepWarmTokens: 0,
      notToldTokens: 0,
    });
    const others = audit.deployments.filter(({ id }) => id !== 'code-review');
    expect(others.filter(({ demand }) => demand !== undefined)).toEqual([]);
  });

  test('reaches the verdicts that the fleet was built for', () => {
    const verdicts = Object.fromEntries(audit.deployments.map(({ id, verdict }) => [id, verdict]));
    expect(verdicts).toEqual({
      'support-chat': 'keep',
      'doc-summaries': 'delete',
      'code-review': 'hybrid',
      'claims-triage': 'keep (required)',
    });
  });

  test('writes the report that the README shows', () => {
    const text = readFileSync(join(folder.path, 'out/demo/report.txt'), 'utf8');
    const [page = ''] = text.split(/^-+ APPENDIX/m);
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const shown = `\`\`\`text\n${page.trimEnd()}\n\`\`\``;
    expectGolden(
      '../../README.md',
      readme.replace(/```text\n[^]*?```/, () => shown),
    );
    expect(readme).toContain('```text\n');
  });

  test('prints a document that matches its schema', () => {
    const file = new URL('../../docs/audit.schema.json', import.meta.url);
    const schema: unknown = JSON.parse(readFileSync(file, 'utf8'));
    expect(findSchemaFaults(audit, schema, schema)).toEqual([]);
  });

  test('has days in SQL that sum to the whole', async () => {
    const rows = await sql(
      `select deployment, sum(spend_micro_usd) as micro, sum(tokens) as tokens
       from effective_cost_by_day group by 1 order by 1`,
    );
    const expected = truth.deployments
      .map(({ id, spendUsd, promptTokens, outputTokens }) => ({
        deployment: id,
        micro: Number(sixPlaces(spendUsd).replace('.', '')),
        tokens: promptTokens + outputTokens,
      }))
      .sort((a, b) => (a.deployment < b.deployment ? -1 : 1));
    expect(rows).toEqual(expected);
    const [spend] = await sql(
      `select sum(spend_micro_usd) as micro from spend_by_day
       where day between '2026-07-01' and '2026-09-30' and category <> 'hosted'`,
    );
    expect(spend).toEqual({ micro: Number(sixPlaces(truth.spendUsd).replace('.', '')) });
  });

  test('stores no secret that a provider returned', () => {
    const ledger = readFileSync(join(folder.path, 'out/demo/rentcheck.db'));
    for (const secret of [PLANTED_POD_SECRET, ...Object.values(DEMO_ENVIRONMENT)]) {
      expect(ledger.includes(secret)).toBe(false);
    }
  });
});
