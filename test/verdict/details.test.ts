/** Tests that each sentence of an audit has its facts beside it, in the same order. */

import { expect, test } from 'vitest';
import { decimal } from '../../src/domain/exact.ts';
import { SENTENCES } from '../../src/report/copy/sentences.ts';
import { charge, deployment, POD, price } from '../economics/stackFixture.ts';
import { verdictOn, type Wish } from './verdictFixture.ts';

const waiver = { reason: 'residency', owner: 'legal', worthUsdPerQuarter: decimal('5') };
const stray = charge({ usd: '2', from: 0, to: 4, resourceId: 'stray' });

const WORLDS: Readonly<Record<string, Wish>> = {
  'is changed': {},
  'is kept': { stack: { prices: [price({ host: 'dear', input: '2', output: '4' })] } },
  'must stay': { stack: { deployments: [deployment({ waiver })] } },
  'is open': { policy: { minSavingUsd: decimal('1000') } },
  'has no price': { stack: { prices: [] } },
  'has spend of nobody': { stack: { charges: [POD, stray] } },
};

test.each(Object.entries(WORLDS))('where a stack %s', (_, options) => {
  const { stack, deployments } = verdictOn(options).audit;
  const result = [stack, ...deployments];
  for (const { reasons, reasonDetails, missing, missingDetails } of result) {
    expect(reasonDetails?.map(SENTENCES.reason)).toEqual(reasons);
    expect(missingDetails?.map(SENTENCES.missing)).toEqual(missing);
  }
  expect(stack.reasons.length).toBeGreaterThan(0);
  expect(stack.hangsOnDetail ? SENTENCES.reason(stack.hangsOnDetail) : null).toBe(stack.hangsOn);
  // What a deployment shares with the stack belongs to the stack.
  const shared = new Set(stack.reasonDetails?.map((fact) => JSON.stringify(fact)));
  const own = deployments.flatMap(({ id, reasonDetails = [] }) =>
    reasonDetails
      .filter((fact) => !shared.has(JSON.stringify(fact)))
      .map((fact) => [id, 'deployment' in fact ? fact.deployment : undefined]),
  );
  expect(own.filter(([id, named]) => id !== named)).toEqual([]);
});
