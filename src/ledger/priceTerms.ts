/** Conditional prices as one text of a row, and back. */

import { type NanoUsd, nanoUsd, nanoUsdPerMtok } from '../domain/money.ts';
import { type DailyWindow, PER_MTOK, type PriceOverride } from '../domain/price.ts';

/** Nano-dollars are text, for JSON's numbers are doubles elsewhere. */
interface StoredOverride {
  readonly minPromptTokens?: number;
  readonly utc?: DailyWindow;
  readonly inputPerMtok?: string;
  readonly cachedInputPerMtok?: string;
  readonly cacheWritePerMtok?: string;
  readonly outputPerMtok?: string;
  readonly perRequest?: string;
}

/** `[{"minPromptTokens":200000,"inputPerMtok":"5000000000"}]`; `null` where there is none. */
export function overridesText(overrides: readonly PriceOverride[] = []): string | null {
  if (overrides.length === 0) return null;
  return JSON.stringify(overrides.map(stored));
}

function stored({ minPromptTokens, utc, perRequest, ...prices }: PriceOverride): StoredOverride {
  const told = PER_MTOK.flatMap((name) => {
    const price = prices[name];
    return price === undefined ? [] : [[name, String(price)] as const];
  });
  return {
    ...(minPromptTokens === undefined ? {} : { minPromptTokens }),
    ...(utc === undefined ? {} : { utc: windowOf(utc) }),
    ...Object.fromEntries(told),
    ...(perRequest === undefined ? {} : { perRequest: String(perRequest) }),
  };
}

/** With its keys in one order, so that the same window is the same text. */
function windowOf({ startMinute, endMinute, days }: DailyWindow): DailyWindow {
  return { startMinute, endMinute, ...(days === undefined ? {} : { days }) };
}

export function parseOverrides(text: string | null): readonly PriceOverride[] | undefined {
  if (text === null) return undefined;
  return (JSON.parse(text) as StoredOverride[]).map(({ minPromptTokens, utc, ...prices }) => {
    const told = PER_MTOK.flatMap((name) => {
      const price = prices[name];
      return price === undefined ? [] : [[name, nanoUsdPerMtok(BigInt(price))] as const];
    });
    const perRequest: NanoUsd | undefined =
      prices.perRequest === undefined ? undefined : nanoUsd(BigInt(prices.perRequest));
    return {
      ...(minPromptTokens === undefined ? {} : { minPromptTokens }),
      ...(utc === undefined ? {} : { utc }),
      ...Object.fromEntries(told),
      ...(perRequest === undefined ? {} : { perRequest }),
    };
  });
}
