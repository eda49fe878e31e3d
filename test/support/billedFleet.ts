/** Random fleets for finance: 1 to 60 deployments at 1 to 12 sources, with every kind of charge. */

import { CHARGE_CATEGORIES, type Charge } from '../../src/domain/charge.ts';
import { nanoUsd } from '../../src/domain/money.ts';
import { DAY_MS, type Period } from '../../src/domain/period.ts';
import type { StackInput } from '../../src/economics/input.ts';
import { listCharges } from './listCharges.ts';
import { makeAllBilled } from './oracle/worlds.ts';
import { type Draw, int, pick } from './oracle/draw.ts';

const BASES = ['billed', 'billed', 'billed', 'list', 'negotiated', 'uptime'] as const;

/** Shared resources, invoices, prepaid shares, credits, taxes, and unattributed resources. */
export function makeBilledFleet(draw: Draw, most = 60): StackInput {
  const world = makeAllBilled(draw, most);
  const sources = Array.from({ length: int(draw, 1, 12) }, (_, at) => `source-${at}`);
  const owners = [...world.deployments.map(({ id }) => id), 'nobody', 'everybody'];
  const more = sources.flatMap((sourceId) =>
    Array.from({ length: int(draw, 0, 6) }, (_, at) => {
      const resourceId = `${pick(draw, ...(owners as [string, ...string[]]))}-x`;
      const line = { sourceId, resourceId, key: `more/${at}`, window: world.window };
      return makeCharge(draw, line);
    }),
  );
  const deployments = world.deployments.map((each) => ({
    ...each,
    resources: [
      ...each.resources,
      ...sources.flatMap((sourceId) => [
        { sourceId, id: `${each.id}-x` },
        { sourceId, id: 'everybody-x' },
      ]),
    ],
  }));
  const grants = sources.slice(0, int(draw, 0, 2)).map((sourceId) => ({
    sourceId,
    usd: nanoUsd(BigInt(int(draw, 1, 90)) * 1_000_000_007n),
    fromMs: world.window.startMs - DAY_MS,
    untilMs: world.window.endMs + int(draw, -1, 40) * DAY_MS,
  }));
  const credits = grants.length === 0 ? {} : { credits: { grants, spentBefore: [] } };
  return { ...world, deployments, charges: [...listCharges(world), ...more], ...credits };
}

type Line = Pick<Charge, 'key' | 'sourceId' | 'resourceId'> & { readonly window: Period };

function makeCharge(draw: Draw, { window, ...line }: Line): Charge {
  const startMs = window.startMs + int(draw, -30, 100) * 3_600_000;
  const billed = nanoUsd(BigInt(int(draw, -900_000, 90_000_000)) * pick(draw, 1n, 999n, 1013n));
  const category = pick(draw, ...CHARGE_CATEGORIES);
  const isBought = category === 'compute' || category === 'commitment';
  return {
    ...line,
    category,
    pricingClass: 'on-demand',
    basis: pick(draw, ...BASES),
    period: { startMs, endMs: startMs + int(draw, 1, 400) * 3_600_000 },
    billed,
    ...(!isBought || int(draw, 0, 2) > 0 ? {} : { effective: nanoUsd(billed / 3n) }),
    ...(int(draw, 0, 1) > 0 ? {} : { invoice: { id: `2026-${int(draw, 1, 3)}` } }),
  };
}
