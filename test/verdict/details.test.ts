/** Tests that each sentence of an audit has its facts beside it, in the same order. */

import { expect, test } from 'vitest';
import { decimal } from '../../src/domain/exact.ts';
import { AUDIT_SENTENCES } from '../../src/report/copy/sentences.ts';
import { charge, deployment, POD, price } from '../economics/stackFixture.ts';
import { computeVerdict, type VerdictOptions } from './verdictFixture.ts';

const waiver = { reason: 'residency', owner: 'legal', worthUsdPerQuarter: decimal('5') };
const stray = charge({ usd: '2', from: 0, to: 4, resourceId: 'stray' });

const WORLDS: Readonly<Record<string, VerdictOptions>> = {
  'is changed': {},
  'is kept': { stack: { prices: [price({ host: 'dear', input: '2', output: '4' })] } },
  'must stay': { stack: { deployments: [deployment({ waiver })] } },
  'is open': { policy: { minSavingUsd: decimal('1000') } },
  'has no price': { stack: { prices: [] } },
  'has spend of nobody': { stack: { charges: [POD, stray] } },
};

test.each(Object.entries(WORLDS))('where a stack %s', (_, options) => {
  const { stack, deployments } = computeVerdict(options).audit;
  const result = [stack, ...deployments];
  for (const { reasons, reasonDetails, missing, missingDetails } of result) {
    expect(reasonDetails?.map(AUDIT_SENTENCES.reason)).toEqual(reasons);
    expect(missingDetails?.map(AUDIT_SENTENCES.missing)).toEqual(missing);
  }
  expect(stack.reasons.length).toBeGreaterThan(0);
  expect(stack.hangsOnDetail ? AUDIT_SENTENCES.reason(stack.hangsOnDetail) : null).toBe(
    stack.hangsOn,
  );
  // What a deployment shares with the stack belongs to the stack.
  const shared = new Set(stack.reasonDetails?.map((fact) => JSON.stringify(fact)));
  const own = deployments.flatMap(({ id, reasonDetails = [] }) =>
    reasonDetails
      .filter((fact) => !shared.has(JSON.stringify(fact)))
      .map((fact) => [id, 'deployment' in fact ? fact.deployment : undefined]),
  );
  expect(own.filter(([id, named]) => id !== named)).toEqual([]);
});
