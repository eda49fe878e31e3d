/** Stores conditional prices as JSON text in a row. */

import { type NanoUsd, nanoUsd, nanoUsdPerMtok } from '../domain/money.ts';
import { type DailyWindow, PER_MTOK, type PriceOverride } from '../domain/price.ts';

/** Nano-dollars are strings, because numbers in JSON are often read as doubles. */
interface StoredOverride {
  readonly minPromptTokens?: number;
  readonly utc?: DailyWindow;
  readonly inputPerMtok?: string;
  readonly cachedInputPerMtok?: string;
  readonly cacheWritePerMtok?: string;
  readonly outputPerMtok?: string;
  readonly perRequest?: string;
}

/** `[{"minPromptTokens":200000,"inputPerMtok":"5000000000"}]`, or `null` without overrides. */
export function toOverridesJson(overrides: readonly PriceOverride[] = []): string | null {
  if (overrides.length === 0) return null;
  return JSON.stringify(overrides.map(toStored));
}

function toStored({ minPromptTokens, utc, perRequest, ...prices }: PriceOverride): StoredOverride {
  const known = PER_MTOK.flatMap((name) => {
    const price = prices[name];
    return price === undefined ? [] : [[name, String(price)] as const];
  });
  return {
    ...(minPromptTokens === undefined ? {} : { minPromptTokens }),
    ...(utc === undefined ? {} : { utc: orderedWindow(utc) }),
    ...Object.fromEntries(known),
    ...(perRequest === undefined ? {} : { perRequest: String(perRequest) }),
  };
}

/** In a fixed key order, so that equal windows give equal text. */
function orderedWindow({ startMinute, endMinute, days }: DailyWindow): DailyWindow {
  return { startMinute, endMinute, ...(days === undefined ? {} : { days }) };
}

export function parseOverrides(text: string | null): readonly PriceOverride[] | undefined {
  if (text === null) return undefined;
  return (JSON.parse(text) as StoredOverride[]).map(({ minPromptTokens, utc, ...prices }) => {
    const known = PER_MTOK.flatMap((name) => {
      const price = prices[name];
      return price === undefined ? [] : [[name, nanoUsdPerMtok(BigInt(price))] as const];
    });
    const perRequest: NanoUsd | undefined =
      prices.perRequest === undefined ? undefined : nanoUsd(BigInt(prices.perRequest));
    return {
      ...(minPromptTokens === undefined ? {} : { minPromptTokens }),
      ...(utc === undefined ? {} : { utc }),
      ...Object.fromEntries(known),
      ...(perRequest === undefined ? {} : { perRequest }),
    };
  });
}
