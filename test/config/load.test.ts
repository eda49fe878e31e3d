import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { decimal, exact } from '../../src/domain/exact.ts';
import { Failure } from '../../src/domain/failure.ts';
import { loadConfigText, loadFailure, writeConfig } from './configFile.ts';

const EXAMPLE = `
ledger: ./rentcheck.db
fiscal: { startMonth: 4 }
sources:
  runpod-main: { kind: runpod, apiKey: \${RUNPOD_API_KEY} }
  prom: { kind: prometheus, url: http://prometheus:9090 }
  router: { kind: openrouter, managementKey: \${OPENROUTER_KEY} }
deployments:
  chat-70b:
    model: meta-llama/Llama-3.3-70B-Instruct
    precision: fp8
    gpu: { type: H100-80GB, count: 2 }            # of one replica
    resources: [{ source: runpod-main, match: { name: "chat-70b-*" } }]
    usage: { source: prom, engine: vllm, match: { model_name: llama-3.3-70b } }
    capacity: { tokensPerSecond: 2400, measured: 2026-06-01, evidence: "load test" }
    hosted:
      equivalents:
        - { via: router, model: meta-llama/llama-3.3-70b-instruct, quantizations: [fp8, bf16] }
      policy: cheapest
      minUptime: 0.99
      fee: 0.055
    serverless: { usdPerSecond: 0.00155, coldStartSeconds: 60, idleTimeoutSeconds: 5 }
    waiver: { reason: data residency, owner: legal, worthUsdPerQuarter: 5000, expires: 2026-12-31 }
commitments: [{ source: coreweave, usdPerMonth: 12000, until: 2027-03-31 }]
labor:
  loadedUsdPerHour: 100
  selfHosted:
    fixedHours: {low: 40, base: 120, high: 260}
    hoursPerDeployment: {low: 5, base: 15, high: 40}
  serverlessShare: 0.6
policy: { minProbability: 0.9, minSavingUsd: 1000, cacheRealization: {low: 0, base: 0.5, high: 1} }
report:
  from: audit@example.com
  to: [cfo@example.com]
  timeZone: Europe/Paris
  sendOn: { businessDayOfQuarter: 5, at: "07:00" }
smtp: { url: \${SMTP_URL} }
redis: { url: \${REDIS_URL} }
`;

test('the example is read, and references need no quotes inside flow maps', async () => {
  const config = await loadConfigText(EXAMPLE, {
    RUNPOD_API_KEY: 'rpa_1',
    SMTP_URL: 'smtp://u:p@host',
  });
  expect(config.sources.map(({ id, kind }) => `${id}: ${kind}`)).toEqual([
    'runpod-main: runpod',
    'prom: prometheus',
    'router: openrouter',
  ]);
  const [chat] = config.deployments;
  expect(chat).toMatchObject({
    id: 'chat-70b',
    gpu: { type: 'H100-80GB', count: 2 },
    resources: [{ source: 'runpod-main', name: 'chat-70b-*' }],
    usage: { source: 'prom', engine: 'vllm', match: { model_name: 'llama-3.3-70b' } },
    capacity: { tokensPerSecond: decimal('2400'), measured: '2026-06-01', evidence: 'load test' },
    serverless: { coldStartMs: 60_000, idleTimeoutMs: 5_000, minWorkers: 0 },
    waiver: { owner: 'legal', expiresMs: Date.UTC(2026, 11, 31) },
  });
  expect(config.commitments).toEqual([
    { source: 'coreweave', usdPerMonth: 12_000_000_000_000n, untilMs: Date.UTC(2027, 3, 1) },
  ]);
  expect(config.report?.sendOn).toEqual({ businessDayOfQuarter: 5, at: '07:00', holidays: [] });
  expect(config.fiscal.startMonth).toBe(4);
  expect(config.smtp?.url.reveal()).toBe('smtp://u:p@host');
});

test('http configures requests to providers; the defaults are 4 retries and 30 s', async () => {
  expect((await loadConfigText('sources: {}')).http).toMatchObject({
    retries: 4,
    timeoutMs: 30_000,
    limits: { anyHost: { concurrent: 4, perMinute: 300 }, hosts: {} },
  });
  const config = await loadConfigText('http: { retries: 0, timeoutSeconds: 5 }');
  expect(config.http).toMatchObject({ retries: 0, timeoutMs: 5_000 });
});

test('numbers stay the decimals that were written, not the nearest doubles', async () => {
  const config = await loadConfigText(EXAMPLE);
  expect(config.deployments[0]?.hosted?.fee).toEqual({ num: 11n, den: 200n });
  expect(config.deployments[0]?.serverless?.usdPerSecond).toEqual({ num: 31n, den: 20_000n });
  const long = await loadConfigText('labor: { loadedUsdPerHour: 100.000000000000000000001 }');
  expect(long.labor.loadedUsdPerHour).toEqual(decimal('100.000000000000000000001'));
});

test('omitted keys have their documented default', async () => {
  const config = await loadConfigText('sources: {}');
  expect(config.sharing).toBe('gpu-time');
  expect(config.fiscal).toEqual({ startMonth: 1 });
  expect(config.policy).toEqual({
    actWithinDays: 30,
    minProbability: decimal('0.9'),
    minSavingUsd: decimal('1000'),
    minSavingShare: decimal('0.15'),
    reversalSavingShare: decimal('0.3'),
    minCoverage: decimal('0.9'),
    maxUnattributedShare: decimal('0.1'),
    reconciliation: {
      toleranceUsd: decimal('0.01'),
      toleranceShare: decimal('0.001'),
      estimatedShare: decimal('0.05'),
    },
    cacheRealization: { low: decimal('0'), base: decimal('0.5'), high: decimal('1') },
    draws: 2000,
  });
  expect(config.labor.selfHosted.fixedHours.base).toEqual(decimal('120'));
  expect(config.labor.stated).toBe(false);
  expect((await loadConfigText('labor: { serverlessShare: 1 }')).labor.stated).toBe(true);
  expect(config.report).toBeUndefined();
});

test('a minimal deployment is observed and has one GPU', async () => {
  const config = await loadConfigText(
    'deployments: { a: { model: m, gpu: { type: A100 }, resources: [{ source: import }] } }',
  );
  expect(config.deployments).toEqual([
    {
      id: 'a',
      model: 'm',
      gpu: { type: 'A100', count: 1 },
      resources: [{ source: 'import' }],
      rightSize: { headroom: decimal('0.8'), minReplicas: 1 },
      spot: { evictionOverhead: decimal('0.1') },
    },
  ]);
});

test.each([
  ['0.25', exact(1n, 4n)],
  ['1/7', exact(1n, 7n)],
])('a replica may have %s of a GPU', async (share, expected) => {
  const config = await loadConfigText(
    `deployments: { a: { model: m, gpu: { type: A100, share: ${share} },
      resources: [{ source: import }] } }`,
  );
  expect(config.deployments[0]?.gpu).toEqual({ type: 'A100', count: 1, share: expected });
});

test('the provider policy is pinned if a provider is pinned, and cheapest otherwise', async () => {
  const hosted = (more: string) =>
    loadConfigText(`deployments: { a: { model: m, gpu: { type: A100 },
      resources: [{ source: import }],
      hosted: { equivalents: [{ via: import, model: m }]${more} } } }`);
  expect((await hosted('')).deployments[0]?.hosted?.policy).toBe('cheapest');
  expect((await hosted(', pinned: host-b')).deployments[0]?.hosted?.policy).toBe('pinned');
});

test('the ledger is in the folder of the config file unless its path is absolute', async () => {
  const path = writeConfig('ledger: ./data/rent.db');
  expect((await loadConfig(path, { env: {} })).ledger).toBe(join(dirname(path), 'data/rent.db'));
  expect((await loadConfigText('ledger: /var/lib/rent.db')).ledger).toBe('/var/lib/rent.db');
});

test('the result is deeply frozen', async () => {
  const config = await loadConfigText(EXAMPLE);
  expect(() => Object.assign(config.policy, { minSavingUsd: 0 })).toThrow(TypeError);
  expect(() => Object.assign(config.deployments[0]?.gpu ?? {}, { count: 9 })).toThrow(TypeError);
  expect(() => Object.assign(config.sources[0]?.options ?? {}, { apiKey: 'x' })).toThrow(TypeError);
});

test('a byte order mark, comments and CRLF change nothing', async () => {
  const config = await loadConfigText('\uFEFF# mine\r\nledger: a.db\r\nsharing: tokens\r\n');
  expect(config.sharing).toBe('tokens');
});

test('an alias repeats what its anchor names', async () => {
  const config = await loadConfigText(
    'labor: { hosted: { fixedHours: &h {low: 1, base: 2, high: 3}, hoursPerDeployment: *h } }',
  );
  expect(config.labor.hosted.hoursPerDeployment.high).toEqual(decimal('3'));
});

test('a missing file, a folder, an empty file and a binary file are each named', async () => {
  const missing = await loadConfig('/nowhere/rentcheck.yaml').catch((error: unknown) => error);
  expect(missing).toBeInstanceOf(Failure);
  expect(missing).toMatchObject({
    code: 'config',
    message: 'cannot read /nowhere/rentcheck.yaml: no such file',
    hint: 'create one with "rentcheck init", or pass another file with --config',
  });
  const folder = await loadConfig(dirname(writeConfig('x'))).catch((error: unknown) => error);
  expect(folder).toMatchObject({
    message: expect.stringMatching(/^cannot read .*: it is a folder$/),
  });
  for (const empty of ['', '# only a comment\n', '---\n', '\n\n']) {
    expect((await loadFailure(empty)).message).toMatch(/ is empty$/);
  }
  const latin1 = await loadFailure(Buffer.from('ledger: caf\xe9.db', 'latin1'));
  expect(latin1).toMatchObject({
    code: 'config',
    message: expect.stringMatching(/not UTF-8 text$/),
  });
});
