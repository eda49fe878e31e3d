/** Reads usage through the Prometheus source, over real HTTP, with all fetches at once. */

import type { Period } from '../../src/domain/period.ts';
import { pullWarningSentence } from '../../src/report/copy/pullWarnings.ts';
import type { Fetched } from '../../src/domain/provenance.ts';
import type { UsageRow } from '../../src/domain/usage.ts';
import { settableClock } from '../../src/platform/clock.ts';
import { createHttpClient } from '../../src/platform/httpClient.ts';
import { prometheusKind } from '../../src/sources/registry.ts';
import type { UsageTarget } from '../../src/sources/source.ts';

export interface UsagePullOptions {
  readonly window: Period;
  readonly usage: readonly UsageTarget[];
  /** Later than the window by default. */
  readonly nowMs?: number;
}

/** All results of one pull. Options are parsed by the source's own schema. */
export async function pullUsage(options: object, request: UsagePullOptions): Promise<Fetched[]> {
  const clock = settableClock(request.nowMs ?? request.window.endMs + 86_400_000);
  const http = createHttpClient({ clock, sleep: () => Promise.resolve() });
  const source = prometheusKind.create('prom', prometheusKind.options.parse(options), {
    clock,
    http,
  });
  const { window, usage } = request;
  return Array.fromAsync(source.pull({ window, usage, models: [] }));
}

export function usageRowsOf(fetched: readonly Fetched[]): UsageRow[] {
  return fetched.flatMap(({ usage = [] }) => usage.map(({ fact }) => fact));
}

export function failuresOf(fetched: readonly Fetched[]) {
  return fetched.flatMap(({ fetch }) => fetch.failure ?? []);
}

export function warningsOf(fetched: readonly Fetched[]): string[] {
  return fetched.flatMap(({ warnings = [] }) => warnings.map(pullWarningSentence));
}
