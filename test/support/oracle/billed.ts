/** Random worlds, many of which have every bill: each deployment always has a charge. */

import type { Charge } from '../../../src/domain/charge.ts';
import { exact } from '../../../src/domain/exact.ts';
import { nanoUsd } from '../../../src/domain/money.ts';
import { HOUR_MS } from '../../../src/domain/period.ts';
import type { StackInput } from '../../../src/economics/input.ts';
import { type Draw, int, pick } from './draw.ts';
import { makeWorld } from './worlds.ts';
import { listCharges } from '../lines.ts';

/** Cents of a charge that many hosted prices beat, and of one that few do. */
const [DEAR, CHEAP] = [50_000, 1_000];

/** Every other world has every bill, so that laws on option costs meet many with a bill. */
export function makeMostlyBilled(draw: Draw, most?: number): StackInput {
  return int(draw, 0, 1) === 0 ? makeWorld(draw, most) : makeAllBilled(draw, most);
}

/**
 * A world with one more charge for each deployment, over the whole window, for one to three
 * replicas.
 */
export function makeAllBilled(draw: Draw, most?: number): StackInput {
  const world = makeWorld(draw, most);
  const { window } = world;
  const lengthMs = BigInt(window.endMs - window.startMs);
  const more = world.deployments.map(({ id }): Charge => {
    const cents = int(draw, 0, pick(draw, DEAR, CHEAP));
    const replicas = BigInt(int(draw, 1, 3));
    return {
      key: `${id}/throughout`,
      sourceId: 'bill',
      resourceId: `${id}-0`,
      resourceName: `${id}-0`,
      category: 'compute',
      pricingClass: 'on-demand',
      basis: 'billed',
      period: window,
      billed: nanoUsd(BigInt(cents) * 10_000_000n),
      quantity: exact(replicas * lengthMs, BigInt(HOUR_MS)),
      unit: 'Hours',
    };
  });
  return { ...world, charges: [...listCharges(world), ...more] };
}
