/** How the options of an audit are read: scaling, spot, market, changes, contracts. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decimal, ZERO } from '../../src/domain/exact.ts';
import { DAY_MS } from '../../src/domain/period.ts';
import { deploymentYaml, configFaults, loadConfigText, configProblems } from './configFile.ts';

const commitments = (terms: string) => `commitments: [{ source: x, usdPerMonth: 1, ${terms} }]`;

test('scaling and spot of a deployment are read, and each has its own default', async () => {
  const read = async (more: string) => (await loadConfigText(deploymentYaml(more))).deployments[0];
  expect(
    await read('rightSize: { headroom: 0.65, minReplicas: 0 }, spot: { evictionOverhead: 0.3 }'),
  ).toMatchObject({
    rightSize: { headroom: decimal('0.65'), minReplicas: 0 },
    spot: { evictionOverhead: decimal('0.3') },
  });
  expect(await read('rightSize: { headroom: 1 }, spot: {}')).toMatchObject({
    rightSize: { headroom: decimal('1'), minReplicas: 1 },
    spot: { evictionOverhead: decimal('0.1') },
  });
});

test('quantizations are read in lower case, as in the ledger', async () => {
  const text = 'hosted: { equivalents: [{ via: import, model: m, quantizations: [FP8, bf16] }] }';
  const [read] = (await loadConfigText(deploymentYaml(text))).deployments;
  expect(read?.hosted?.equivalents[0]?.quantizations).toEqual(['fp8', 'bf16']);
});

test('a match has days as instants, the last one complete', async () => {
  const match = 'name: chat, pricingClass: spot, from: 2026-08-01, until: 2026-08-14, rest: true';
  const text = deploymentYaml('').replace('source: import', `source: import, match: { ${match} }`);
  expect((await loadConfigText(text)).deployments[0]?.resources).toEqual([
    {
      source: 'import',
      name: 'chat',
      pricingClass: 'spot',
      fromMs: Date.UTC(2026, 7, 1),
      untilMs: Date.UTC(2026, 7, 15),
      isRest: true,
    },
  ]);
  expect(await configProblems(text.replace('2026-08-01', '2026-08-15'))).toEqual([
    'deployments.a.resources[0].match: found from 2026-08-15 and until 2026-08-14, expected ' +
      'from ≤ until; swap them',
  ]);
});

test('a commitment is paid upfront, by the hour of its GPUs, or by the month', async () => {
  const read = async (terms: string) =>
    (await loadConfigText(`commitments: [{ source: x, until: 2026-12-31, ${terms} }]`))
      .commitments[0];
  const [fromMs, untilMs] = [Date.UTC(2026, 0, 1), Date.UTC(2027, 0, 1)];
  expect(
    await read('id: p, usdUpfront: 7300, from: 2026-01-01, covers: { match: { name: a-* } }'),
  ).toEqual({
    source: 'x',
    id: 'p',
    usdUpfront: 7_300_000_000_000n,
    fromMs,
    untilMs,
    covers: { name: 'a-*' },
  });
  expect(await read('gpus: 2, usdPerGpuHour: 1.5, covers: { source: y, gpuType: H100 }')).toEqual({
    source: 'x',
    gpus: 2,
    usdPerGpuHour: decimal('1.5'),
    untilMs,
    covers: { source: 'y', gpuType: 'H100' },
  });
});

test('credits have two days, and there are none by default', async () => {
  expect(await loadConfigText('sources: {}')).not.toHaveProperty('credits');
  const terms = 'source: import, usd: 500, from: 2026-08-01, until: 2026-10-31';
  expect((await loadConfigText(`credits: [{ ${terms} }]`)).credits).toEqual([
    {
      source: 'import',
      usd: 500_000_000_000n,
      fromMs: Date.UTC(2026, 7, 1),
      untilMs: Date.UTC(2026, 10, 1),
    },
  ]);
  const backward = terms.replace('2026-08', '2026-11');
  expect((await configProblems(`credits: [{ ${backward} }]`))[0]).toContain(
    'expected from ≤ until',
  );
});

test('a commitment without a price, or with half of one, is refused', async () => {
  const problemsOf = async (terms: string) =>
    (await configProblems(`commitments: [{ source: x, until: 2026-12-31, ${terms} }]`))[0];
  expect(await problemsOf('id: p')).toContain(
    'found no price, expected usdPerMonth, usdUpfront, or',
  );
  expect(await problemsOf('usdUpfront: 1')).toContain('found usdUpfront without its term');
  expect(await problemsOf('usdPerGpuHour: 1')).toContain('found usdPerGpuHour without gpus');
  expect(await problemsOf('usdPerMonth: 1, from: 2027-01-01')).toContain('expected from ≤ until');
});

test('every example of the page on commitments is read', async () => {
  const page = readFileSync(new URL('../../docs/commitments.md', import.meta.url), 'utf8');
  const examples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']) => text);
  expect(examples.length).toBeGreaterThan(4);
  for (const text of examples) expect((await loadConfigText(text)).commitments).toHaveLength(1);
});

test('unusual prices are trusted by source, model and provider', async () => {
  expect(await loadConfigText('sources: {}')).not.toHaveProperty('prices');
  const trust = '[{ source: import }, { source: import, model: "openai/*", host: azure }]';
  expect((await loadConfigText(`prices: { trust: ${trust} }`)).prices).toEqual({
    trust: [{ source: 'import' }, { source: 'import', model: 'openai/*', host: 'azure' }],
  });
});

test('the market is open unless it is narrowed', async () => {
  expect((await loadConfigText('sources: {}')).market).toEqual({});
  const narrowed = 'tiers: [neocloud, marketplace], providers: [Vast.ai], excludeProviders: [aws]';
  expect((await loadConfigText(`market: { ${narrowed} }`)).market).toEqual({
    tiers: ['neocloud', 'marketplace'],
    providers: ['Vast.ai'],
    excludeProviders: ['aws'],
  });
});

test('hours of a change are read exactly, and have no default', async () => {
  const none = { delete: ZERO, hybrid: ZERO, serverless: ZERO };
  const hours = { ...none, move: ZERO, spot: ZERO, 'right-size': ZERO, 'bring-back': ZERO };
  const { migration } = await loadConfigText('sources: {}');
  expect(migration).toEqual({ hours, amortizationQuarters: 4, stated: false });
  const text = 'hours: { delete: 40.5, right-size: 8 }, reentryHours: 0, amortizationQuarters: 8';
  expect((await loadConfigText(`migration: { ${text} }`)).migration).toEqual({
    hours: { ...hours, delete: decimal('40.5'), 'right-size': decimal('8') },
    reentryHours: ZERO,
    amortizationQuarters: 8,
    stated: true,
  });
  expect((await loadConfigText('migration: {}')).migration.stated).toBe(true);
});

test('a commitment has an end, a notice, or both, in milliseconds', async () => {
  const read = async (terms: string) => (await loadConfigText(commitments(terms))).commitments;
  const monthly = { source: 'x', usdPerMonth: 1_000_000_000n };
  const untilMs = Date.UTC(2027, 3, 1);
  expect(await read('until: 2027-03-31')).toEqual([{ ...monthly, untilMs }]);
  expect(await read('noticeDays: 0')).toEqual([{ ...monthly, noticeMs: 0 }]);
  expect(await read('until: 2027-03-31, noticeDays: 90')).toEqual([
    { ...monthly, untilMs, noticeMs: 90 * DAY_MS },
  ]);
});

test('the draws behind every probability are read', async () => {
  expect((await loadConfigText('policy: { draws: 100000 }')).policy.draws).toBe(100_000);
});

test('services keep the order of the file, whole numbers too', async () => {
  const services = '{ "chat-*": a, Search API: a, "*": a, 42: a, toString: a, constructor: a }';
  const { ops } = await loadConfigText(`ops: { services: ${services} }\n${deploymentYaml('')}`);
  expect(ops.services.map(({ pattern }) => pattern)).toEqual([
    'chat-*',
    'Search API',
    '*',
    '42',
    'toString',
    'constructor',
  ]);
  expect(ops.services[0]).toEqual({ pattern: 'chat-*', deployment: 'a' });
  expect((await loadConfigText('sources: {}')).ops).toEqual({ services: [] });
});

const CASES: readonly (readonly [title: string, content: string, fault: string])[] = [
  [
    'no headroom',
    deploymentYaml('rightSize: { headroom: 0 }'),
    'deployments.a.rightSize.headroom: found 0, expected a share above 0, at most 1',
  ],
  [
    'a percentage as headroom',
    deploymentYaml('rightSize: { headroom: 80 }'),
    'deployments.a.rightSize.headroom: found 80, expected a share above 0, at most 1; ' +
      'write 80% as 0.8',
  ],
  [
    'replicas below none',
    deploymentYaml('rightSize: { minReplicas: -1 }'),
    'deployments.a.rightSize.minReplicas: found -1, expected a whole number from 0 to 1024',
  ],
  [
    'evictions that waste more than all',
    deploymentYaml('spot: { evictionOverhead: 1.1 }'),
    'deployments.a.spot.evictionOverhead: found 1.1, expected a share between 0 and 1; ' +
      'write 1.1% as 0.011',
  ],
  [
    'an unknown tier',
    'market: { tiers: [neoclouds] }',
    'market.tiers[0]: found "neoclouds", expected hyperscaler, neocloud or marketplace; ' +
      'did you mean "neocloud"?',
  ],
  [
    'a price of a source that is not there',
    'prices: { trust: [{ source: router }] }',
    'prices.trust[0].source: found "router", expected the id of a source (import); ' +
      'add it under sources',
  ],
  [
    'a market of nobody',
    'market: { providers: [] }',
    'market.providers: found an empty list, expected a list of at least 1',
  ],
  [
    'a key of the market near a known one',
    'market: { excludeProvider: [aws] }',
    'market.excludeProvider: unknown key; did you mean "excludeProviders"?',
  ],
  [
    'hours of a change to what is',
    'migration: { hours: { keep: 1 } }',
    'migration.hours.keep: unknown key; remove it; allowed here: delete, hybrid, ' +
      'serverless, move, spot, right-size, bring-back',
  ],
  [
    'negative hours of a change',
    'migration: { hours: { delete: -1 } }',
    'migration.hours.delete: found -1, expected hours, one-off, 0 or more, at most 1,000,000,000',
  ],
  [
    'a change that is spread over no quarter',
    'migration: { amortizationQuarters: 0 }',
    'migration.amortizationQuarters: found 0, expected a whole number from 1 to 40',
  ],
  [
    'a notice beyond ten years',
    commitments('noticeDays: 3651'),
    'commitments[0].noticeDays: found 3651, expected a whole number from 0 to 3650',
  ],
  [
    'a commitment without an end',
    'commitments: [{ source: x, usdPerMonth: 1 }]',
    'commitments[0]: found neither until nor noticeDays, expected at least one of them; ' +
      'add the last committed day or the days of notice',
  ],
  ['a commitment that is text', 'commitments: [x]', 'commitments[0]: found "x", expected a map'],
  [
    'too few draws',
    'policy: { draws: 1999 }',
    'policy.draws: found 1999, expected a whole number from 2000 to 100000',
  ],
];

describe('a fault says what was found, what was expected and what to do:', () => {
  test.each(CASES)('%s', async (_, content, fault) => {
    expect(await configProblems(content)).toEqual([fault]);
  });

  test('all at once, in the order of the file', async () => {
    const lines = await configFaults(`market: { tiers: [cloud] }
migration: { reentryHours: "8" }
commitments: [{ source: x, usdPerMonth: 0 }]
ops: { services: { web: chat } }
`);
    expect(lines.map((line) => line.replace(/ \(.*/, ''))).toEqual([
      'market.tiers[0]',
      'migration.reentryHours',
      'commitments[0]',
      'commitments[0].usdPerMonth',
      'ops.services.web',
    ]);
  });
});
