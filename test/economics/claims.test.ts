/**
 * Tests which deployment a charge belongs to: by its fields, its time, and the order of matches.
 */

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Charge, Resource } from '../../src/domain/charge.ts';
import { decimal, exact } from '../../src/domain/exact.ts';
import { sumNano } from '../../src/domain/money.ts';
import type { ResourceMatch } from '../../src/economics/input.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { int, pick } from '../support/oracle/draw.ts';
import { warningSentences } from '../support/factSentences.ts';
import {
  type ChargeOptions,
  charge,
  deployment,
  hour,
  money,
  series,
  stack,
} from './stackFixture.ts';

const WINDOW = { startMs: hour(0), endMs: hour(96) };

type Match = Omit<ResourceMatch, 'sourceId'>;

function weighed(
  matches: readonly Match[],
  charges: readonly Charge[],
  resources: readonly Resource[] = [],
) {
  const deployments = matches.map((match, at) =>
    deployment({ id: `d${at}`, resources: [{ sourceId: 'bill', ...match }], usage: series([]) }),
  );
  return weighStack(stack({ window: WINDOW, charges, resources, deployments }));
}

/** Dollars of each deployment, then the unattributed ones. */
function spends(...of: Parameters<typeof weighed>): number[] {
  const { deployments, bill } = weighed(...of);
  return [...deployments.map(({ spend }) => spend.total), bill.unattributed].map(
    (nano) => Number(nano) / 1e9,
  );
}

const line = (more: Partial<ChargeOptions> = {}) => charge({ usd: '8', from: 0, to: 4, ...more });

const seen = (kind: Resource['kind'], more: Partial<Resource> = {}): Resource => ({
  sourceId: 'bill',
  resourceId: 'pod-1',
  kind,
  name: 'chat',
  seenAtMs: hour(-2),
  ...more,
});

describe('a charge is attributed', () => {
  test.each<[Match, Partial<ChargeOptions>, number]>([
    [{ gpuType: 'A100-80GB' }, { gpuType: 'NVIDIA A100 80GB PCIe' }, 8],
    [{ gpuType: 'A100' }, { gpuType: 'NVIDIA A100 80GB PCIe' }, 8],
    [{ gpuType: 'A100-40GB' }, { gpuType: 'NVIDIA A100 80GB PCIe' }, 0],
    [{ gpuType: 'h100*' }, { gpuType: 'H100 SXM' }, 8],
    [{ gpuType: 'H100' }, { gpuType: 'A100-80GB' }, 0],
    [{ gpuType: 'H100' }, {}, 0],
    [{ pricingClass: 'spot' }, { pricingClass: 'spot' }, 8],
    [{ pricingClass: 'spot' }, {}, 0],
    [{ category: 'storage' }, { category: 'storage' }, 8],
    [{ category: 'storage' }, {}, 0],
    [{ endpoint: 'pod-1' }, { pricingClass: 'serverless' }, 8],
    [{ endpoint: 'pod-1' }, {}, 0],
    [{ endpoint: 'chat' }, { pricingClass: 'serverless', resourceName: 'chat' }, 8],
    [{ cluster: 'train-*' }, { tags: { clusterId: 'train-7' } }, 8],
    [{ cluster: 'train-*' }, { tags: { 'k8s/cluster_name': 'train-7' } }, 8],
    [{ cluster: 'train-*' }, { tags: { team: 'train-7' } }, 0],
  ])('by %j of %j', (match, result, usd) => {
    expect(spends([match], [line(result)])).toEqual([usd, 8 - usd]);
  });

  test('by what an inventory says about it', () => {
    const pod = seen('pod', { gpuType: 'H100' });
    expect(spends([{ gpuType: 'H100' }], [line()], [pod])).toEqual([8, 0]);
    expect(spends([{ endpoint: 'chat' }], [line()], [seen('serverless')])).toEqual([8, 0]);
    expect(spends([{ cluster: 'chat' }], [line()], [seen('cluster')])).toEqual([8, 0]);
    expect(spends([{ cluster: 'chat' }], [line()], [seen('pod')])).toEqual([0, 8]);
  });
});

describe('a name that was used again', () => {
  const chat = (more: Match): Match => ({ name: 'chat', ...more });
  const reused = [chat({ untilMs: hour(48) }), chat({ fromMs: hour(48) })];

  test('belongs to one deployment, then to the other', () => {
    const lines = [
      line({ resourceName: 'chat', resourceId: 'old' }),
      line({ resourceName: 'chat', resourceId: 'new', from: 60, to: 64, usd: '3' }),
    ];
    expect(spends(reused, lines)).toEqual([8, 3, 0]);
  });

  test('divides a charge across the change in proportion to time, money and hours', () => {
    // 40 of 48 hours before the change: $5.00 of $6.00.
    const across = line({
      resourceName: 'chat',
      usd: '6',
      from: 8,
      to: 56,
      quantity: decimal('48'),
      unit: 'Hours',
    });
    const { deployments } = weighed(reused, [across]);
    expect(deployments.map(({ spend }) => spend.total)).toEqual([5_000_000_000n, 1_000_000_000n]);
    expect(deployments.map(({ time }) => time.paidNs)).toEqual([
      40n * 3_600_000_000_000n,
      8n * 3_600_000_000_000n,
    ]);
  });

  test('is billed to the deployment that it costs, where a prepayment is spread over it', () => {
    const across = line({ resourceName: 'chat', from: 8, to: 56, usd: '0' });
    const terms = { commitment: { id: 'plan', status: 'used' }, effective: money('6') } as const;
    const paid = line({ resourceName: 'chat', from: 72, to: 96, usd: '3' });
    const { deployments } = weighed(reused, [{ ...across, ...terms }, paid]);
    expect(deployments.map(({ spend }) => [spend.total, spend.billed])).toEqual([
      [5_000_000_000n, 0n],
      [4_000_000_000n, 3_000_000_000n],
    ]);
  });

  test('is unattributed in between', () => {
    const gap = [chat({ untilMs: hour(24) }), chat({ fromMs: hour(72) })];
    expect(spends(gap, [line({ resourceName: 'chat', from: 0, to: 96, usd: '4' })])).toEqual([
      1, 1, 2,
    ]);
  });

  test('whatever the days, parts sum to the whole and follow time', () => {
    const law = fc.property(fc.gen(), (draw) => {
      const nano = BigInt(int(draw, -5_000_000, 5_000_000_000));
      const [from, to] = [int(draw, -30, 60), int(draw, 61, 130)];
      const cut = pick(draw, 0, 24, 48, 72, 96);
      const matches = [chat({ untilMs: hour(cut) }), chat({ fromMs: hour(cut) })];
      const one = { ...line({ resourceName: 'chat', from, to }), billed: sumNano([nano]) };
      const { deployments, bill } = weighed(matches, [one]);
      const [before = 0n, after = 0n] = deployments.map(({ spend }) => spend.total);
      expect(before + after).toBe(bill.spend);
      const hours = Math.max(0, Math.min(to, cut) - Math.max(from, 0));
      const wanted = exact(nano * BigInt(hours), BigInt(to - from));
      const off = before * wanted.den - wanted.num;
      expect(off < 0n ? -off : off).toBeLessThan(6n * wanted.den);
    });
    fc.assert(law, { numRuns: 200 });
  });
});

describe('of several matches', () => {
  test('an exact id comes before an exact name, and that before a pattern', () => {
    const named = line({ resourceName: 'chat' });
    expect(spends([{ id: 'pod-1' }, { name: 'chat' }, { id: 'pod-*' }], [named])).toEqual([
      8, 0, 0, 0,
    ]);
    expect(spends([{ id: 'pod-*' }, { name: 'chat' }], [named])).toEqual([0, 8, 0]);
  });

  test('`rest` gets what no other match takes', () => {
    const lines = [line(), line({ resourceId: 'pod-2', usd: '3' })];
    expect(spends([{ isRest: true }, { id: 'pod-*1' }], lines)).toEqual([3, 8, 0]);
  });

  test('equal matches share, and differing patterns are reported with the money', () => {
    const { warnings } = weighed([{ id: 'pod-*' }, { id: '*-1' }], [line()]);
    expect(spends([{ id: 'pod-*' }, { id: '*-1' }], [line()])).toEqual([4, 4, 0]);
    expect(warningSentences(warnings)).toContainEqual(
      'Patterns of d0 and d1 match the same 1 resource ($8.00), so the cost is split. Name each ' +
        'resource by its full id under the deployments it serves, or make the patterns narrower.',
    );
  });

  test('one pattern under each, or an exact id, is unambiguous', () => {
    for (const match of [{ id: 'pod-*' }, { id: 'pod-1' }]) {
      const { warnings } = weighed([match, match], [line()]);
      expect(warnings.filter(({ code }) => code === 'resources-contested')).toEqual([]);
    }
  });

  test('a star after a backslash is a literal star', () => {
    const lines = [line({ resourceId: 'a*' }), line({ resourceId: 'ab', usd: '1' })];
    expect(spends([{ id: String.raw`a\*` }], lines)).toEqual([8, 1]);
  });
});

test('hours that no charge states are estimated on either side of a change', () => {
  const lines = Array.from({ length: 4 }, (_, day) =>
    line({ resourceName: 'chat', from: day * 24, to: day * 24 + 24, usd: '1' }),
  );
  const matches = [
    { name: 'chat', untilMs: hour(24) },
    { name: 'chat', fromMs: hour(24) },
  ];
  const { deployments } = weighed(matches, lines.toReversed());
  const hours = deployments.map(({ time }) => Number(time.paidNs) / 3.6e12);
  expect(hours).toEqual([24, 72]);
});
