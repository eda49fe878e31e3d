import { expect, test } from 'vitest';
import type { Resource } from '../../src/domain/charge.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { charge, deployment, hour, stack } from './stackFixture.ts';

function seen(resourceId: string, name: string, at: number): Resource {
  return { sourceId: 'bill', resourceId, kind: 'pod', name, seenAtMs: hour(at) };
}

function spendOf(overrides: Parameters<typeof stack>[0]): bigint[] {
  return weighStack(stack(overrides)).deployments.map(({ spend }) => spend.total);
}

test('a charge is matched by the name on its bill', () => {
  const charges = [charge({ usd: '1', from: 0, to: 1, resourceName: 'chat-1' })];
  const byName = deployment({ resources: [{ sourceId: 'bill', name: 'chat-*' }] });
  expect(spendOf({ charges, deployments: [byName] })).toEqual([1_000_000_000n]);
});

test('without a name on the bill, every name that an inventory ever gave it counts', () => {
  const charges = [charge({ usd: '1', from: 0, to: 1 })];
  const resources = [seen('pod-1', 'chat-1', -2), seen('pod-1', 'renamed', -1)];
  const byName = deployment({ resources: [{ sourceId: 'bill', name: 'chat-*' }] });
  expect(spendOf({ charges, resources, deployments: [byName] })).toEqual([1_000_000_000n]);
});

test('all given keys of a match must hold', () => {
  const charges = [charge({ usd: '1', from: 0, to: 1, tags: { team: 'search' } })];
  const match = (team: string) => [{ sourceId: 'bill', id: 'pod-*', tags: { team } }];
  expect(spendOf({ charges, deployments: [deployment({ resources: match('s*') })] })).toEqual([
    1_000_000_000n,
  ]);
  expect(spendOf({ charges, deployments: [deployment({ resources: match('x') })] })).toEqual([0n]);
});

test("another source's resource of the same id is not matched", () => {
  const charges = [charge({ usd: '1', from: 0, to: 1, sourceId: 'other' })];
  const economics = weighStack(stack({ charges }));
  expect(economics.bill.unattributed).toBe(1_000_000_000n);
});

test('what matches nothing stays visible by day, resource and category', () => {
  const charges = [
    charge({ usd: '3', from: 20, to: 26, resourceId: 'mystery' }),
    charge({ usd: '1', from: 0, to: 1, resourceId: 'mystery', category: 'storage' }),
  ];
  const resources = [seen('mystery', 'old', -2), seen('mystery', 'new', -1)];
  const window = { startMs: hour(0), endMs: hour(48) };
  const { unattributed, bill } = weighStack(stack({ charges, resources, window }));
  expect(unattributed.map(({ dayMs, category, nanoUsd }) => [dayMs, category, nanoUsd])).toEqual([
    [hour(0), 'compute', 2_000_000_000n],
    [hour(0), 'storage', 1_000_000_000n],
    [hour(24), 'compute', 1_000_000_000n],
  ]);
  expect(new Set(unattributed.map(({ resourceName }) => resourceName))).toEqual(new Set(['new']));
  expect(bill).toMatchObject({ spend: 4_000_000_000n, unattributed: 4_000_000_000n });
});

test('a credit cannot hide an unattributed charge in the share', () => {
  const charges = [
    charge({ usd: '50', from: 0, to: 4 }),
    charge({ usd: '25', from: 0, to: 4, resourceId: 'mystery' }),
    charge({ usd: '-25', from: 0, to: 4, resourceId: 'promotion', category: 'credit' }),
  ];
  const { bill } = weighStack(stack({ charges }));
  expect(bill.unattributed).toBe(0n);
  expect(bill.unattributedShare).toEqual({ num: 1n, den: 2n });
});
