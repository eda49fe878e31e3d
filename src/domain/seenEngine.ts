/** An inference engine that answers somewhere, recognized by the names of its metrics. */

import { matchesGlob } from './glob.ts';
import type { EngineName, RoleWish } from './usageWish.ts';
import { yamlFlow } from './yamlFlow.ts';

export interface SeenEngine {
  readonly engine: Exclude<EngineName, 'custom'>;
  /** For people. */
  readonly title: string;
  /** The model that it says it serves; absent where its metrics do not tell. */
  readonly model?: string;
  /** The labels by which its counters are found. */
  readonly match: Readonly<Record<string, string>>;
  /** Of one series for each place that is scraped, all labels. */
  readonly places: readonly Readonly<Record<string, string>>[];
  /** What its names begin with, each once: `vllm:` and `vllm_`. */
  readonly spellings: readonly string[];
  /** Set where some of its servers prefill and others decode, by a label. */
  readonly role?: Exclude<RoleWish, string>;
  /** True where the engine's own labels tell the roles, so that config need not. */
  readonly tellsRole: boolean;
  /** The engine that stands before it and counts the same requests. */
  readonly behind?: string;
  /** Every engine that config may name for it: the names of some read those of others too. */
  readonly readBy: readonly EngineName[];
  /** What of this engine surprises people, in one line. */
  readonly trap: string;
}

/** Whether any of its places has the labels of a match, with `*` for any letters. */
export function isMatched({ places }: SeenEngine, match: Readonly<Record<string, string>>) {
  return places.some((labels) =>
    Object.entries(match).every(([name, pattern]) => matchesGlob(pattern, labels[name] ?? '')),
  );
}

/** What config would say of it under `usage`, beside the source. */
export function usageOf({ engine, match, role, tellsRole }: SeenEngine) {
  return {
    engine,
    ...(Object.keys(match).length === 0 ? {} : { match }),
    ...(role === undefined || tellsRole ? {} : { role }),
  };
}

/** The section `usage` of a source that sees it, as YAML to paste. */
export function usageText(source: string, engine: SeenEngine): string {
  const { match, role, ...rest } = usageOf(engine);
  return yamlFlow({
    source,
    ...rest,
    match: match === undefined ? undefined : { ...match },
    role: role === undefined ? undefined : { ...role },
  });
}
