import { expect, test } from 'vitest';
import { decimal, exact } from '../../src/domain/exact.ts';
import {
  pointRange,
  charge,
  deployment,
  hosted,
  hour,
  LABOR,
  NO_LABOR,
  POD,
  price,
  series,
  six,
  type stack,
  WORKED_ROWS,
} from '../economics/stackFixture.ts';
import { computeVerdict } from './verdictFixture.ts';

test('the worked example is deleted, for a saving with and without labor', () => {
  const { first, verdict, audit } = computeVerdict();
  expect(first.verdict).toBe('delete');
  expect(six(first.savingUsd)).toBe('6.374175');
  expect(first.reasons[0]).toBe(
    'Keeping chat costs $9.00 ($6.00 GPU spend + $3.00 engineering time). ' +
      'Replacing chat with a hosted API costs $2.63 ($2.13 at host-a + $0.50 ' +
      'engineering time). The saving is $6.37.',
  );
  expect(verdict.stack.verdict).toBe('delete');
  expect(audit.stack.reasons[0]).toContain('changes 1 of 1 deployment. ');
  expect(verdict.stack.confidence).toBe('high');
  expect(six(verdict.stack.withoutLabor.savingUsd)).toBe('3.874175');
});

test('a probability based on one day says so, and one based on two days does not', () => {
  const said =
    'The bill for chat covers only one day, so the probability leaves out differences between ' +
    'days.';
  expect(computeVerdict().first.reasons).toContain(said);
  const charges = [charge({ usd: '6', from: 22, to: 26 })];
  const stack = { window: { startMs: hour(0), endMs: hour(48) }, charges };
  expect(computeVerdict({ stack }).first.reasons).not.toContain(said);
});

test('where two days are required one day has no probability, and nothing is advised on it', () => {
  const { first, verdict } = computeVerdict({ policy: { fewestDays: 2 } });
  expect(first.odds.size).toBe(0);
  expect(first.verdict).toBe('not certain enough');
  expect(first.reasons).toContain('The probability that changing chat saves money is unknown.');
  expect(verdict.stack).toMatchObject({ verdict: 'not certain enough' });
  expect(verdict.stack.odds).toBeUndefined();
});

const EXPENSIVE = [price({ host: 'dear', input: '2', output: '4' })];

test('where hosting is more expensive it is kept, with the cost of the nearest option', () => {
  const { first, audit } = computeVerdict({ stack: { prices: EXPENSIVE } });
  expect(first.verdict).toBe('keep');
  // (13 Mtok × $2 + 2.6 × $4) × 1.055 and $0.50; a hybrid that buys nothing is not nearer.
  expect(first.subject).toBe('delete');
  expect(first.reasons[0]).toContain('would cost $38.90, $29.90 more.');
  expect(audit.stack.reasons[0]).toBe('Keeping all deployments is the cheapest plan, at $9.00.');
});

test('a saving below the required sum is too small to act on', () => {
  const { first } = computeVerdict({ policy: { minSavingUsd: decimal('1000') } });
  expect(first.verdict).toBe('too small to act on');
  expect(first.reasons[0]).toBe('Changing chat would save $6.37, less than the required $1,000.');
});

test('a saving below the required share of the keep cost is too small to act on', () => {
  expect(computeVerdict({ policy: { minSavingShare: decimal('0.7083') } }).first.verdict).toBe(
    'too small to act on',
  );
  expect(computeVerdict({ policy: { minSavingShare: decimal('0.708') } }).first.verdict).toBe(
    'delete',
  );
});

function laborOf(selfHosted: string[], forHosting = ['0.5', '0.5', '0.5']) {
  const range = ([low = '0', base = '0', high = '0']: string[]) => ({
    low: decimal(low),
    base: decimal(base),
    high: decimal(high),
  });
  const side = (hours: string[]) => ({
    fixedHours: pointRange('0'),
    hoursPerDeployment: range(hours),
  });
  return { ...LABOR, selfHosted: side(selfHosted), hosted: side(forHosting) };
}

const CLOSE = [price({ host: 'close', input: '0.4', output: '0.4' })];

test('where the sign depends on one assumption, that comes first, despite the probability', () => {
  // It pays where labor is above $1.08: of 0, 3, 6 all but 1.0832² / (6 × 3) = 6.5%.
  const labor = laborOf(['0', '3', '6']);
  const { first, verdict } = computeVerdict({ stack: { prices: CLOSE, labor } });
  expect(first.verdict).toBe('delete');
  expect(first.reasons[0]).toBe(
    'At the low estimate of engineering time for self-hosting, changing chat ' +
      'costs $1.08 more than keeping.',
  );
  expect(first.odds.get('delete')?.withLabor.probability).toBeGreaterThan(0.92);
  expect(first.odds.get('delete')?.withLabor.probability).toBeLessThan(0.95);
  expect(verdict.stack.hangsOn).toEqual({
    code: 'hangs-on',
    assumption: 'self-hosted-labor',
    end: 'low',
    hours: '0.000000',
    moreUsd: '1.083200',
  });
});

test('below the required probability it is not certain enough, and both figures are stated', () => {
  const labor = laborOf(['0', '3', '6']);
  const policy = { minProbability: decimal('0.95') };
  const { first, verdict } = computeVerdict({ stack: { prices: CLOSE, labor }, policy });
  expect(first).toMatchObject({ verdict: 'not certain enough', subject: 'delete' });
  expect(first.reasons[1]).toMatch(
    /^Changing chat is 9[34](\.\d)?% likely to be cheaper, below the required 95%\.$/,
  );
  expect(verdict.stack.verdict).toBe('not certain enough');
  expect(first.leaning).toBeUndefined();
});

test('a smaller certain saving is advised before a larger uncertain one', () => {
  // Hosting may take up to $30: above $4.06 deleting costs more, in (25.94 / 29.5)² / 2 = 39%.
  const prices = [price({ host: 'cheap', input: '0.3', output: '0.3' })];
  const labor = laborOf(['3', '3', '3'], ['0.5', '0.5', '30']);
  const own = deployment({ rightSize: { headroom: decimal('0.8'), minReplicas: 0 } });
  const { first, verdict, audit } = computeVerdict({
    stack: { prices, labor, deployments: [own] },
  });
  const { probability = 0 } = first.odds.get('delete')?.withLabor ?? {};
  expect(Math.abs(probability - 0.61)).toBeLessThan(0.02);
  expect(first).toMatchObject({ verdict: 'right-size', subject: 'right-size' });
  expect(first.reasons).toContain(
    'The option "delete" for chat would save more, $3.56, but is not certain enough to be advised.',
  );
  expect(verdict.stack.verdict).toBe('right-size');
  expect(audit.stack.reasons.join()).toContain(
    'Another plan would save $3.56, but is not certain enough',
  );
});

test('the same seed prints the same digits, another one nearly the same', () => {
  const labor = laborOf(['0', '3', '6']);
  const oddsAt = (seed: string) =>
    computeVerdict({ stack: { prices: CLOSE, labor }, seed }).first.odds.get('delete')?.withLabor;
  expect(oddsAt('one')).toEqual(oddsAt('one'));
  expect(oddsAt('two')).not.toEqual(oddsAt('one'));
  expect(Math.abs((oddsAt('two')?.probability ?? 0) - 0.935)).toBeLessThan(0.03);
});

test('assumptions that flip the sign only together count too', () => {
  const labor = laborOf(['1.8', '3', '6'], ['0.4', '0.5', '1.3']);
  const { first } = computeVerdict({ stack: { prices: CLOSE, labor } });
  expect(first.reasons[0]).toContain(
    'At the least favorable estimates of engineering time and cache hits',
  );
});

test('cache hits that a host may not have can decide', () => {
  const prices = [price({ host: 'x', input: '0.3', cached: '0.01', output: '0.1' })];
  const usage = series(WORKED_ROWS.map((row) => ({ ...row, cached: row.uncached ?? 0 })));
  const { first } = computeVerdict({
    stack: { prices, labor: NO_LABOR, deployments: [deployment({ usage })] },
    policy: { minSavingUsd: decimal('0'), minSavingShare: decimal('0') },
  });
  expect(first.reasons[0]).toContain('At the low estimate of cache hits at the provider');
});

test('a verdict that labor decides states the verdict without it', () => {
  const { first, verdict } = computeVerdict({
    stack: { prices: CLOSE, labor: laborOf(['3', '3', '3']) },
  });
  expect(first.verdict).toBe('delete');
  expect(first.withoutLabor).toBe('keep');
  expect(first.reasons.at(-1)).toBe(
    'Without engineering time and migration cost, the verdict for chat is "keep".',
  );
  expect(verdict.stack).toMatchObject({ verdict: 'delete', confidence: 'low' });
  expect(verdict.stack.withoutLabor.verdict).toBe('keep');
});

test('fixed labor belongs only to the stack', () => {
  const fixed = { fixedHours: pointRange('100'), hoursPerDeployment: pointRange('0') };
  const { first, verdict } = computeVerdict({ stack: { labor: { ...LABOR, selfHosted: fixed } } });
  expect(six(first.savingUsd)).toBe('3.374175');
  expect(six(verdict.stack.keepUsd)).toBe('106.000000');
  expect(six(verdict.stack.savingUsd)).toBe('103.374175');
});

const LEGAL = { reason: 'data residency', owner: 'legal', worthUsdPerQuarter: decimal('5000') };

function waived(expiresMs: number, parts: Parameters<typeof stack>[0] = {}) {
  const own = deployment({ waiver: { ...LEGAL, expiresMs } });
  return computeVerdict({ stack: { deployments: [own], ...parts } });
}

test('a deployment that must stay stays, and the cost of that is stated', () => {
  const { first, verdict } = waived(hour(100));
  expect(first.verdict).toBe('keep (required)');
  expect(first.reasons).toEqual([
    'A waiver requires keeping chat until 2026-07-05: data residency (legal).',
    'The waiver for chat costs $6.37, because replacing chat with a hosted API would save that ' +
      'much. The stated worth is $5,000 a quarter.',
  ]);
  expect(verdict.stack.verdict).toBe('keep (required)');
  expect(six(verdict.stack.requiredUsd)).toBe('6.374175');
});

test('a waiver that has expired by the end of the window is reported and ignored', () => {
  const { first } = waived(hour(4));
  expect(first.verdict).toBe('delete');
  expect(first.reasons.join()).toContain('expired on 2026-07-01 and no longer counts');
});

test('a waiver needs no evidence', () => {
  expect(waived(hour(100), { prices: [] }).first.verdict).toBe('keep (required)');
});

test('the largest saving names the verdict on a mixed stack', () => {
  const big = charge({
    usd: '60',
    from: 0,
    to: 4,
    resourceId: 'pod-2',
    quantity: decimal('4'),
    unit: 'h',
  });
  const stays = deployment({
    id: 'stays',
    resources: [{ sourceId: 'bill', id: 'pod-2' }],
    waiver: LEGAL,
  });
  const { verdict, audit } = computeVerdict({
    stack: { charges: [POD, big], deployments: [deployment(), stays] },
    policy: { minSavingShare: decimal('0.05') },
  });
  expect(verdict.stack.verdict).toBe('delete');
  expect(verdict.stack.plan.picks.map(({ choice }) => choice)).toEqual(['delete', 'keep']);
  expect(audit.stack.reasons[0]).toContain('changes 1 of 2 deployments');
  expect(audit.stack.reasons.join()).toContain(
    'Keeping stays under a waiver costs $60.37 more than the best plan',
  );
});

test('a hybrid is advised where it is the cheapest by enough', () => {
  const charges = [1, 2, 3].map((pod) => ({ ...POD, key: `p${pod}`, resourceId: `pod-${pod}` }));
  const rows = [0, 1, 2].map((at) => ({ at, uncached: 10_800_000, replicaS: 10_800 }));
  const burst = { at: 3, uncached: 14_400_000, replicaS: 10_800 };
  const own = deployment({
    resources: [{ sourceId: 'bill', id: 'pod-*' }],
    usage: series([...rows, burst]),
    hosted: hosted({ fee: exact(0n) }),
  });
  const prices = [price({ host: 'x', input: '0.2', output: '0.2' })];
  const { first } = computeVerdict({
    stack: { charges, prices, deployments: [own], labor: NO_LABOR },
  });
  expect(first).toMatchObject({ verdict: 'hybrid', subject: 'hybrid' });
  expect(six(first.savingUsd)).toBe('11.280000');
});
