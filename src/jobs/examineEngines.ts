/**
 * Compares the engines that respond with the config, and finds engines that no deployment counts.
 */

import type { DeploymentConfig, UsageConfig } from '../config/deploymentConfig.ts';
import { Failure } from '../domain/failure.ts';
import type { Finding } from '../domain/finding.ts';
import { HOUR_MS, period } from '../domain/period.ts';
import { matchesEngine, type DetectedEngine, renderUsageSettings } from '../domain/seenEngine.ts';
import { findEngine } from '../domain/usageWish.ts';
import { yamlFlow } from '../domain/yamlFlow.ts';
import type { Source } from '../sources/source.ts';

export interface EngineExamination {
  readonly deployments: readonly DeploymentConfig[];
  readonly sources: ReadonlyMap<string, Source>;
  readonly nowMs: number;
}

/** Returns the findings by source. A source that does not respond is reported by another check. */
export async function examineEngines({
  deployments,
  sources,
  nowMs,
}: EngineExamination): Promise<Finding[]> {
  const window = period(nowMs - HOUR_MS, nowMs);
  const findings: Finding[] = [];
  for (const source of sources.values()) {
    const own = deployments.filter(({ usage }) => usage?.source === source.id);
    const seen = await enginesAt(source, window);
    findings.push(
      ...own.flatMap(({ id, usage }) =>
        usage === undefined ? [] : usageFindings(id, usage, seen),
      ),
      ...uncounted(source.id, own, seen),
    );
  }
  return [...findings, ...unmeasured(deployments)];
}

async function enginesAt(source: Source, window: ReturnType<typeof period>) {
  try {
    return (await source.seen?.(window)) ?? [];
  } catch (error) {
    if (error instanceof Failure) return [];
    throw error;
  }
}

function usageFindings(
  subject: string,
  usage: UsageConfig,
  seen: readonly DetectedEngine[],
): Finding[] {
  const name = findEngine(usage.engine);
  const there = seen.filter((engine) => matchesEngine(engine, usage.match));
  const [first] = there;
  if (name === undefined || name === 'custom' || first === undefined) return [];
  const where = { area: 'mapping', subject, deployment: subject } as const;
  const read = there.filter(({ readBy }) => readBy.includes(name));
  const others = there.filter(({ readBy }) => !readBy.includes(name));
  if (read.length === 0) {
    const { title, trap } = first;
    const there = { engine: title, usage: renderUsageSettings(usage.source, first), trap };
    const configured = usage.engine;
    return [{ ...where, state: 'fail', code: 'engine-is-another', configured, ...there }];
  }
  return [
    ...others.slice(0, 1).map(({ title }): Finding => {
      return { ...where, state: 'warn', code: 'engine-not-counted-too', engine: title };
    }),
    ...familiesOf(read).map((spellings): Finding => {
      return { ...where, state: 'warn', code: 'metric-families-mixed', spellings };
    }),
    ...read.filter(isSplit(usage)).map((engine): Finding => {
      return { ...where, state: 'warn', code: 'prefill-split', role: roleText(engine) };
    }),
  ];
}

/** Returns the spellings of metrics if there are several: of two families, or two of one family. */
function familiesOf(read: readonly DetectedEngine[]): string[][] {
  const spellings = [...new Set(read.flatMap((engine) => engine.spellings))].sort();
  return spellings.length < 2 ? [] : [spellings];
}

function isSplit({ role }: UsageConfig): (engine: DetectedEngine) => boolean {
  return (engine) => role === undefined && engine.role !== undefined && !engine.hasRoleLabels;
}

function roleText({ role }: DetectedEngine): string {
  return role === undefined ? '' : yamlFlow({ ...role });
}

/** Number of engines that are listed individually. */
const MAX_LISTED = 3;

function uncounted(
  subject: string,
  own: readonly DeploymentConfig[],
  seen: readonly DetectedEngine[],
): Finding[] {
  const unmatched = seen.filter(
    (engine) =>
      engine.behind === undefined &&
      !own.some(({ usage }) => usage !== undefined && matchesEngine(engine, usage.match)),
  );
  const where = { area: 'mapping', subject, state: 'warn' } as const;
  const named = unmatched.slice(0, MAX_LISTED).map((engine): Finding => {
    const { title, model, places, trap } = engine;
    return {
      ...where,
      code: 'engine-not-counted',
      engine: title,
      ...(model === undefined ? {} : { model }),
      places: places.length,
      usage: renderUsageSettings(subject, engine),
      trap,
    };
  });
  const models = unmatched.length - named.length;
  return models === 0 ? named : [...named, { ...where, code: 'more-engines-not-counted', models }];
}

/** One finding for all deployments, because the fix is the same for each. */
function unmeasured(deployments: readonly DeploymentConfig[]): Finding[] {
  const without = deployments.filter(
    ({ usage, capacity }) =>
      usage !== undefined && (capacity?.evidence === undefined || capacity.measured === undefined),
  );
  if (without.length === 0) return [];
  const names = without.map(({ id }) => id);
  return [{ area: 'mapping', state: 'warn', code: 'capacity-not-measured', deployments: names }];
}
