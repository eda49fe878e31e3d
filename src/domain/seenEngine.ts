/** Running inference engines, recognized by the names of their metrics. */

import { matchesGlob } from './glob.ts';
import type { EngineName, RoleSettings } from './usageWish.ts';
import { yamlFlow } from './yamlFlow.ts';

export interface DetectedEngine {
  readonly engine: Exclude<EngineName, 'custom'>;
  /** Display name. */
  readonly title: string;
  /** The model it reports; absent if its metrics do not name one. */
  readonly model?: string;
  /** Labels that select its counters. */
  readonly match: Readonly<Record<string, string>>;
  /** All labels of one series for each scraped target. */
  readonly places: readonly Readonly<Record<string, string>>[];
  /** Distinct prefixes of its metric names: `vllm:` and `vllm_`. */
  readonly spellings: readonly string[];
  /** Set if a label separates prefill servers from decode servers. */
  readonly role?: Exclude<RoleSettings, string>;
  /** True if the engine's own labels show the roles, so config need not set them. */
  readonly hasRoleLabels: boolean;
  /** The engine in front of it that counts the same requests. */
  readonly behind?: string;
  /** All engine names that config may use for it. Some engines also read the names of others. */
  readonly readBy: readonly EngineName[];
  /** A surprising behavior of this engine, in one line. */
  readonly trap: string;
}

/** Whether any of its targets has the labels of a match, with `*` as a glob. */
export function matchesEngine({ places }: DetectedEngine, match: Readonly<Record<string, string>>) {
  return places.some((labels) =>
    Object.entries(match).every(([name, pattern]) => matchesGlob(pattern, labels[name] ?? '')),
  );
}

/** Its `usage` config, without the source. */
export function toUsageSettings({ engine, match, role, hasRoleLabels }: DetectedEngine) {
  return {
    engine,
    ...(Object.keys(match).length === 0 ? {} : { match }),
    ...(role === undefined || hasRoleLabels ? {} : { role }),
  };
}

/** The `usage` config of a deployment with this engine, as YAML to paste. */
export function renderUsageSettings(source: string, engine: DetectedEngine): string {
  const { match, role, ...rest } = toUsageSettings(engine);
  return yamlFlow({
    source,
    ...rest,
    match: match === undefined ? undefined : { ...match },
    role: role === undefined ? undefined : { ...role },
  });
}
