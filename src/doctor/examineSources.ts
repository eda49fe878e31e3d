/**
 * Compares the engines that respond with the config, and finds engines that no deployment counts.
 */

import { QUARTER_DAYS } from '../calendar/horizons.ts';
import type { DeploymentConfig, UsageConfig } from '../config/config.ts';
import { Failure, type FailureCode } from '../domain/failure.ts';
import type { Finding } from '../domain/finding.ts';
import { DAY_MS, HOUR_MS, period } from '../domain/period.ts';
import {
  type DetectedEngine,
  findEngine,
  matchesEngine,
  renderUsageSettings,
} from '../domain/engine.ts';
import { yamlFlow } from '../domain/yamlFlow.ts';
import type { PullRequest, Source } from '../sources/source.ts';
import type { Fetched } from '../domain/provenance.ts';
import { newWarnings } from '../domain/pullWarning.ts';

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

/** The last two hours: the shortest period for which every source returns something. */
const LOOK_BACK_MS = 2 * HOUR_MS;

/** The source responds and accepts the key, but cannot answer at the moment. */
const NOT_NOW: readonly FailureCode[] = ['rate-limited', 'not-settled'];

/** Requests what the config needs from the source, for the last two hours. */
export async function examineSource(
  source: Source,
  request: Omit<PullRequest, 'window'>,
  nowMs: number,
): Promise<Finding[]> {
  const window = period(nowMs - LOOK_BACK_MS, nowMs);
  const answers: Fetched[] = [];
  for await (const fetched of source.pull({ ...request, window })) answers.push(fetched);
  const where = { area: 'source', subject: source.id } as const;
  if (answers.length === 0) {
    return [{ ...where, state: 'warn', code: 'source-not-asked', kind: source.kind }];
  }
  const problems = failuresOf(answers).map(({ code: failure, message }): Finding => {
    const state = NOT_NOW.includes(failure) ? 'warn' : 'fail';
    return { ...where, state, code: 'source-failed', failure, message };
  });
  const warnings = newWarnings(answers.flatMap((answer) => answer.warnings ?? []));
  const doubts = warnings.map((warning): Finding => {
    return { ...where, state: 'warn', code: 'source-doubt', warning };
  });
  const unread = answers.flatMap(({ fetch: { kind }, rejects = [] }): Finding[] => {
    const [first] = rejects;
    if (first === undefined) return [];
    const details = { kind, rows: rejects.length, firstReason: first.reason };
    return [{ ...where, state: 'warn', code: 'rows-unreadable', ...details }];
  });
  const good = answers.filter(({ fetch }) => fetch.failure === undefined).length;
  const remarks = answers.flatMap((answer) => answer.remarks ?? []);
  const counts = { answers: answers.length, goodAnswers: good, remarks };
  const fine: Finding = { ...where, state: 'ok', code: 'source-answered', ...counts };
  const short = good === 0 ? [] : await shortMemory(source, request);
  return [...(good === 0 ? [] : [fine]), ...problems, ...unread, ...doubts, ...short];
}

/** Warns if the server keeps less than a quarter, because no later pull can get deleted data. */
async function shortMemory(
  source: Source,
  { usage }: Pick<PullRequest, 'usage'>,
): Promise<Finding[]> {
  const kept = usage.length === 0 ? undefined : await source.retention?.(usage);
  if (kept === undefined || kept.keepsMs >= QUARTER_DAYS * DAY_MS) return [];
  return [
    {
      area: 'source',
      subject: source.id,
      state: 'warn',
      code: 'memory-too-short',
      from: kept.told,
      days: Math.floor(kept.keepsMs / DAY_MS),
      quarterDays: QUARTER_DAYS,
    },
  ];
}

/** Returns each failure code once: a rejected key is rejected everywhere. */
function failuresOf(answers: readonly Fetched[]) {
  const failures = answers.flatMap(({ fetch }) => fetch.failure ?? []);
  const codes = new Map(failures.map((failure) => [failure.code, failure] as const));
  return [...codes.values()];
}
