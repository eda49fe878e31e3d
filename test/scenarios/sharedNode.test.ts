/**
 * Scenario: two deployments on one node of eight GPUs at $8.00 an hour (2,208 h, $17,664 and a
 * billionth of a dollar that no half can hold). Chat uses six of them, search two.
 */

import { expect, test } from 'vitest';
import { add, decimal, exact, ONE } from '../../src/domain/exact.ts';
import { usd } from '../../src/domain/money.ts';
import type { HostedPrice } from '../../src/domain/price.ts';
import { charge, six } from '../economics/stackFixture.ts';
import {
  chatDeployment,
  flatPrice,
  QUARTER_HOURS,
  MTOK,
  noFee,
  picksOf,
  quarterVerdict,
  usageByHour,
} from './quarterWorld.ts';

const NODE = charge({
  usd: '17664.000000001',
  from: 0,
  to: QUARTER_HOURS,
  resourceId: 'node',
  quantity: exact(BigInt(8 * QUARTER_HOURS)),
  unit: 'GPU-Hours',
});

function onNode(id: string, gpus: number, mtok: number) {
  return chatDeployment({
    id,
    gpu: { type: 'H100-80GB', count: gpus },
    resources: [{ sourceId: 'bill', id: 'node' }],
    usage: usageByHour(() => ({ uncached: mtok * MTOK })),
    hosted: noFee({ equivalents: [{ sourceId: 'market', model: `open/${id}`, tokenRatio: ONE }] }),
  });
}

/** Chat is 2 Mtok an hour at $1.00, search 1 Mtok at a given price. */
function node(searchPrices: readonly HostedPrice[]) {
  return quarterVerdict({
    charges: [NODE],
    prices: [flatPrice('1', { model: 'open/chat' }), ...searchPrices],
    deployments: [onNode('chat', 6, 2), onNode('search', 2, 1)],
  });
}

const search = (price: string) => flatPrice(price, { model: 'open/search' });

test('the parts are three quarters and one, and sum to the node to the last billionth', () => {
  const { economics, audit } = node([search('4')]);
  const [six6, two] = economics.deployments.map(({ spend }) => usd(spend.total));
  expect(add(six6 ?? exact(0n), two ?? exact(0n))).toEqual(decimal('17664.000000001'));
  expect([six(six6), six(two)]).toEqual(['13248.000000', '4416.000000']);
  expect(audit.deployments.map(({ paidReplicaHours }) => paidReplicaHours)).toEqual([
    '2208.000000',
    '2208.000000',
  ]);
  expect(audit.totals.unattributedUsd).toBe('0.000000');
});

test('each is decided by its own dollars: chat goes, search stays', () => {
  const { verdict, audit, costs } = node([search('4')]);
  // 4,416 Mtok at $1.00 against $13,248; 2,208 at $4.00 against $4,416.
  expect(costs(0)).toMatchObject({ keep: '13248.000000', delete: '4416.000000' });
  expect(costs(1)).toMatchObject({ keep: '4416.000000', delete: '8832.000000' });
  expect(verdict.deployments.map((each) => each.verdict)).toEqual(['delete', 'keep']);
  expect(picksOf(audit)).toEqual(['delete', 'keep']);
  expect(verdict.stack.verdict).toBe('delete');
});

test('the verdict on chat does not move with what search costs elsewhere', () => {
  const [chatNow] = node([search('4')]).verdict.deployments;
  const cheap = node([search('0.01')]).verdict;
  expect(cheap.deployments[0]).toEqual(chatNow);
  expect(cheap.deployments[1]?.verdict).toBe('delete');
  const blind = node([]).verdict;
  expect(blind.deployments[0]?.decided.alone).toBe('delete');
  expect(blind.deployments[0]?.odds).toEqual(chatNow?.odds);
  expect(blind.deployments[1]?.verdict).toBe('not enough evidence');
});

test('missing evidence on a quarter of the spend blocks the stack and holds chat back', () => {
  const { verdict, audit } = node([]);
  expect(verdict.stack.verdict).toBe('not enough evidence');
  expect(verdict.deployments[0]?.verdict).toBe('not enough evidence');
  expect(audit.deployments[0]?.decision).toEqual({
    option: 'keep',
    because: 'held-back',
    alone: 'delete',
    heldBack: { option: 'delete', savingUsd: '8832.000000', because: 'no-evidence' },
  });
  expect(audit.stack.missing.join()).toContain('have 25% of the attributed spend');
});
