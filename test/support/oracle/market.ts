/** Random markets: providers that appear, change their prices, hide parts of them, and leave. */

import { decimal, exact } from '../../../src/domain/exact.ts';
import { nanoUsd, nanoUsdPerMtok } from '../../../src/domain/money.ts';
import { DAY_MS, type Period } from '../../../src/domain/period.ts';
import type { HostAvailability, HostedPrice, PriceOverride } from '../../../src/domain/price.ts';
import type { HostedInput } from '../../../src/economics/input.ts';
import { type Draw, int, pick, STEP_MS } from './draw.ts';

export interface Market {
  readonly prices: readonly HostedPrice[];
  readonly availability: readonly HostAvailability[];
  readonly makeHosted: (draw: Draw) => HostedInput;
}

const NAMES = ['host-a', 'host-b/fp8', 'host-c', 'host-d'] as const;

export function makeMarket(draw: Draw, window: Period, isConditioned = false): Market {
  const names = NAMES.slice(0, int(draw, 1, NAMES.length));
  const sold = ['open/model', 'open/other'].flatMap((model) => {
    return names.map((host) => makeHost(draw, { window, model, host, isConditioned }));
  });
  return {
    prices: sold.flatMap(({ prices }) => prices),
    availability: sold.flatMap(({ availability }) => availability),
    makeHosted: (again) => makeHosted(again, names),
  };
}

interface Stall {
  readonly window: Period;
  readonly model: string;
  readonly host: string;
  readonly isConditioned: boolean;
}

function makeHost(draw: Draw, { window, model, host, isConditioned }: Stall) {
  const known = { sourceId: 'market', model, host } as const;
  const fixed = {
    ...known,
    quantization: pick(draw, 'fp8', 'fp8', 'bf16', 'unknown'),
    free: int(draw, 0, 5) === 0,
    contextLength: pick(draw, 8192, 131_072, 131_072),
  };
  const steps = (window.endMs - window.startMs) / STEP_MS;
  const later = Array.from({ length: int(draw, 0, 3) }, () => int(draw, 1, steps + 100) * STEP_MS);
  const first = pick(draw, -30 * DAY_MS, -30 * DAY_MS, -30 * DAY_MS, 0, STEP_MS * 100);
  const starts = [...new Set([first, ...later.filter((at) => at > first)])];
  const sells = int(draw, 0, 5) > 0;
  const prices = starts.map((at, index) => ({
    ...fixed,
    ...makePrice(draw),
    ...(isConditioned && int(draw, 0, 2) === 0 ? { overrides: makeOverrides(draw) } : {}),
    validFromMs: window.startMs + at,
    offered: sells || index + 1 < starts.length,
  }));
  const tiers = isConditioned && int(draw, 0, 1) > 0 ? makeBatchPrices(draw, window) : [];
  const batch = tiers.map((price) => ({ ...fixed, ...price }));
  const seen = { observedAtMs: window.startMs + STEP_MS, healthy: true };
  const uptimeMillionths = pick(draw, 999_000, 999_000, 900_000);
  return { prices: [...prices, ...batch], availability: [{ ...known, ...seen, uptimeMillionths }] };
}

/** Sometimes cheaper than the standard tier, and withdrawn for a while or for good. */
function makeBatchPrices(draw: Draw, { startMs, endMs }: Period) {
  const steps = (endMs - startMs) / STEP_MS;
  const later = Array.from({ length: int(draw, 0, 3) }, () => int(draw, 1, steps + 100) * STEP_MS);
  return [...new Set([pick(draw, -DAY_MS, 0, STEP_MS * 100), ...later])].map((at) => ({
    ...makePrice(draw),
    ...(int(draw, 0, 2) === 0 ? { overrides: makeOverrides(draw) } : {}),
    serviceTier: 'batch' as const,
    validFromMs: startMs + at,
    offered: int(draw, 0, 3) > 0,
  }));
}

function makePrice(draw: Draw) {
  const perMtok = (max: number) => nanoUsdPerMtok(BigInt(int(draw, 0, max)) * 1_000_000n);
  const isStated = (oneIn: number) => int(draw, 1, oneIn) > 1;
  return {
    ...(isStated(12) ? { inputPerMtok: perMtok(900) } : {}),
    ...(isStated(3) ? { cachedInputPerMtok: perMtok(500) } : {}),
    ...(isStated(12) ? { outputPerMtok: perMtok(3000) } : {}),
    ...(isStated(2) ? {} : { perRequest: nanoUsd(BigInt(int(draw, 0, 90_000))) }),
  };
}

function makeOverrides(draw: Draw): PriceOverride[] {
  const perMtok = (max: number) => nanoUsdPerMtok(BigInt(int(draw, 1, max)) * 1_000_000n);
  const minute = () => int(draw, 0, 287) * 5;
  return Array.from({ length: int(draw, 1, 3) }, () => ({
    ...(int(draw, 0, 1) > 0 ? {} : { minPromptTokens: pick(draw, 0, 100, 128, 20_000) }),
    ...(int(draw, 0, 1) > 0
      ? {}
      : {
          utc: {
            startMinute: minute(),
            endMinute: minute(),
            ...(int(draw, 0, 2) > 0 ? {} : { days: pick(draw, [1, 2, 3, 4, 5], [0, 6]) }),
          },
        }),
    ...(int(draw, 0, 2) > 0 ? { inputPerMtok: perMtok(900) } : {}),
    ...(int(draw, 0, 2) > 0 ? {} : { cachedInputPerMtok: perMtok(500) }),
    ...(int(draw, 0, 2) > 0 ? {} : { outputPerMtok: perMtok(3000) }),
    ...(int(draw, 0, 5) > 0 ? {} : { perRequest: nanoUsd(BigInt(int(draw, 0, 90_000))) }),
  }));
}

function makeHosted(draw: Draw, names: readonly string[]): HostedInput {
  const policy = pick(draw, 'cheapest', 'median', 'pinned');
  const minUptime = pick(draw, undefined, decimal('0.99'));
  const minContextLength = pick(draw, undefined, undefined, 32_768);
  const models = pick(
    draw,
    ['open/model'],
    ['open/model'],
    ['open/model', 'open/other'],
    ['open/none'],
  );
  return {
    equivalents: models.map((model) => makeEquivalent(draw, model, names)),
    policy,
    ...(policy === 'pinned' ? { pinned: names[int(draw, 0, names.length - 1)] ?? 'host-a' } : {}),
    ...(minUptime === undefined ? {} : { minUptime }),
    ...(minContextLength === undefined ? {} : { minContextLength }),
    fee: pick(draw, decimal('0.055'), exact(0n), exact(1n, 7n)),
    allowFree: int(draw, 0, 2) === 0,
  };
}

function makeEquivalent(draw: Draw, model: string, names: readonly string[]) {
  const quantizations = pick(draw, undefined, ['fp8', 'bf16'], ['fp8']);
  const out = pick(draw, undefined, undefined, names.slice(0, 1));
  return {
    sourceId: 'market',
    model,
    tokenRatio: pick(draw, exact(1n), decimal('1.1'), exact(13n, 12n)),
    ...(quantizations === undefined ? {} : { quantizations }),
    ...(out === undefined ? {} : { excludeHosts: out }),
  };
}
