/** Random worlds with commitments, reserved capacity and a market, for laws on prices. */

import type { Charge } from '../../src/domain/charge.ts';
import type { GpuRate } from '../../src/domain/price.ts';
import { nanoUsd } from '../../src/domain/money.ts';
import { DAY_MS } from '../../src/domain/period.ts';
import type { CommitmentInput, StackInput } from '../../src/economics/input.ts';
import type { StackEconomics } from '../../src/economics/result.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { rate } from '../economics/marketFixture.ts';
import { type Draw, int, pick } from './oracle/draw.ts';
import { makeWorld } from './oracle/worlds.ts';
import { listCharges } from './listCharges.ts';

export function makeContracted(draw: Draw, world = makeWorld(draw)): StackInput {
  const charges = listCharges(world).map((charge): Charge => {
    const pricingClass = pick(draw, 'on-demand', 'on-demand', 'on-demand', 'reserved');
    return { ...charge, pricingClass, ...makeEffective(draw, charge) };
  });
  const commitments = [...world.commitments, ...makePlans(draw, world)];
  return { ...world, charges, commitments, rates: makeRates(draw, world) };
}

/** Some charges are covered by a commitment, whose cost the bill spreads over them. */
function makeEffective(draw: Draw, { billed, category }: Charge): Partial<Charge> {
  if (category !== 'compute' || int(draw, 0, 3) > 0) return {};
  const status = pick(draw, 'used', 'used', 'unused');
  return { effective: nanoUsd(billed / 2n), commitment: { id: 'theirs', status } };
}

/** Paid upfront, for a term that may reach beyond the window. */
function makePlans(draw: Draw, { window }: StackInput): CommitmentInput[] {
  return Array.from({ length: int(draw, 0, 1) }, () => {
    const fromMs = window.startMs + int(draw, -40, 3) * DAY_MS;
    return {
      sourceId: pick(draw, 'bill', 'cloud', 'elsewhere'),
      id: pick(draw, 'ours', 'ours', 'theirs'),
      usdUpfront: nanoUsd(BigInt(int(draw, 1, 9000)) * 1_000_000_001n),
      fromMs,
      untilMs: fromMs + int(draw, 1, 120) * DAY_MS,
      ...pick(draw, {}, { gpus: 2 }, { covers: { sourceId: 'bill', name: 'd0-*' } }),
    };
  });
}

/** Two providers, each with one rate per class from before the window. */
function makeRates(draw: Draw, { window }: StackInput): GpuRate[] {
  return ['there', 'elsewhere'].flatMap((provider) =>
    (['on-demand', 'reserved', 'spot'] as const).map((pricingClass) => ({
      ...rate({ provider, pricingClass, usd: (int(draw, 1, 900) / 100).toFixed(2) }),
      validFromMs: window.startMs - 1,
    })),
  );
}

/** Pins the chosen providers, so that a change of provider is no part of a plan's change. */
export function pinProviders(input: StackInput): StackInput {
  const { deployments } = weighStack(input);
  return {
    ...input,
    deployments: input.deployments.map((each, at) => {
      const chosen = deployments[at]?.hosted.chosen;
      if (chosen === undefined) return each;
      const equivalents = each.hosted.equivalents.filter(
        ({ sourceId, model }) => sourceId === chosen.sourceId && model === chosen.model,
      );
      return {
        ...each,
        hosted: { ...each.hosted, equivalents, policy: 'pinned', pinned: chosen.host },
      };
    }),
  };
}

/**
 * Fixes the number of always-on replicas at today's plan, since a what-if searches for the best
 * again.
 */
export function fixReplicas(then: StackEconomics, asIs: StackEconomics): StackEconomics {
  return {
    ...then,
    deployments: then.deployments.map((each, at) => {
      const replicas = asIs.deployments[at]?.hybrid.best?.replicas;
      const plan = each.hybrid.plans.find((one) => one.replicas === replicas);
      const { hybrid } = each.offers;
      if (plan === undefined || 'reason' in hybrid) return each;
      const { paidGpuUsd: gpuUsd, overflow: hosted, strandedUsd } = plan;
      return {
        ...each,
        offers: { ...each.offers, hybrid: { ...hybrid, gpuUsd, hosted, strandedUsd } },
      };
    }),
  };
}
