/** Whether the engines that answer are those of the config, and which of them nobody counts. */

import type { DeploymentConfig, UsageConfig } from '../config/deploymentConfig.ts';
import { counted } from '../domain/counted.ts';
import { Failure } from '../domain/failure.ts';
import type { Finding } from '../domain/finding.ts';
import { HOUR_MS, period } from '../domain/period.ts';
import { isMatched, type SeenEngine, usageText } from '../domain/seenEngine.ts';
import { engineNamed } from '../domain/usageWish.ts';
import { yamlFlow } from '../domain/yamlFlow.ts';
import type { Source } from '../sources/source.ts';

export interface Looked {
  readonly deployments: readonly DeploymentConfig[];
  readonly sources: ReadonlyMap<string, Source>;
  readonly nowMs: number;
}

/** By source; one that does not answer has been told of already. */
export async function examineEngines({ deployments, sources, nowMs }: Looked): Promise<Finding[]> {
  const window = period(nowMs - HOUR_MS, nowMs);
  const findings: Finding[] = [];
  for (const source of sources.values()) {
    const own = deployments.filter(({ usage }) => usage?.source === source.id);
    const seen = await enginesAt(source, window);
    findings.push(
      ...own.flatMap(({ id, usage }) => (usage === undefined ? [] : ofUsage(id, usage, seen))),
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

function ofUsage(subject: string, usage: UsageConfig, seen: readonly SeenEngine[]): Finding[] {
  const name = engineNamed(usage.engine);
  const there = seen.filter((engine) => isMatched(engine, usage.match));
  const [first] = there;
  if (name === undefined || name === 'custom' || first === undefined) return [];
  const where = { area: 'mapping' as const, subject };
  const read = there.filter(({ readBy }) => readBy.includes(name));
  const others = there.filter(({ readBy }) => !readBy.includes(name));
  if (read.length === 0) {
    const says = `usage.engine is ${usage.engine}, and what answers there is ${first.title}`;
    const mend = `write usage: ${usageText(usage.source, first)}; ${first.trap}`;
    return [{ ...where, state: 'fail', says, mend }];
  }
  return [
    ...others.slice(0, 1).map(({ title }): Finding => {
      const says = `${title} answers there too, and its tokens are not counted`;
      const mend = 'make it a deployment of its own, or narrow match to the servers that are meant';
      return { ...where, state: 'warn', says, mend };
    }),
    ...familiesOf(read).map((says): Finding => {
      const mend =
        'nothing, where servers were upgraded one by one; where each server is scraped twice, ' +
        'keep one job in match';
      return { ...where, state: 'warn', says, mend };
    }),
    ...read.filter(isSplit(usage)).map((engine): Finding => {
      const says = 'some of its servers prefill and others decode, and both count the prompt';
      return { ...where, state: 'warn', says, mend: `add role: ${roleText(engine)} to its usage` };
    }),
  ];
}

/** Names of two families, or of two spellings of one. */
function familiesOf(read: readonly SeenEngine[]): string[] {
  const spellings = [...new Set(read.flatMap((engine) => engine.spellings))].sort();
  if (spellings.length < 2) return [];
  return [`names of two families answer: ${spellings.join(' and ')}`];
}

function isSplit({ role }: UsageConfig): (engine: SeenEngine) => boolean {
  return (engine) => role === undefined && engine.role !== undefined && !engine.tellsRole;
}

function roleText({ role }: SeenEngine): string {
  return role === undefined ? '' : yamlFlow({ ...role });
}

/** So many are told one by one. */
const MOST_NAMED = 3;

function uncounted(
  subject: string,
  own: readonly DeploymentConfig[],
  seen: readonly SeenEngine[],
): Finding[] {
  const loose = seen.filter(
    (engine) =>
      engine.behind === undefined &&
      !own.some(({ usage }) => usage !== undefined && isMatched(engine, usage.match)),
  );
  const named = loose.slice(0, MOST_NAMED).map((engine): Finding => {
    const { title, model, places } = engine;
    const what = model === undefined ? '' : ` with ${model}`;
    const says =
      `${title}${what} answers in ${counted(places.length, 'place')}, and no deployment ` +
      'counts its tokens';
    const mend = `add a deployment with usage: ${usageText(subject, engine)}; ${engine.trap}`;
    return { area: 'mapping', subject, state: 'warn', says, mend };
  });
  const more = loose.slice(MOST_NAMED);
  if (more.length === 0) return named;
  const says = `${counted(more.length, 'more model')} answer, and no deployment counts them`;
  const mend = 'rentcheck init --metrics ADDRESS in another folder writes them all as deployments';
  return [...named, { area: 'mapping', subject, state: 'warn', says, mend }];
}

/** One finding for all: it is the same to do for each. */
function unmeasured(deployments: readonly DeploymentConfig[]): Finding[] {
  const without = deployments.filter(
    ({ usage, capacity }) =>
      usage !== undefined && (capacity?.evidence === undefined || capacity.measured === undefined),
  );
  if (without.length === 0) return [];
  const names = without.map(({ id }) => id);
  const shown = names.slice(0, MOST_NAMED).join(', ');
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  return [
    {
      area: 'mapping',
      state: 'warn',
      says: `no measurement is named for the capacity of ${shown}${more}`,
      mend:
        'run a load test and write capacity: { tokensPerSecond: …, measured: DAY, evidence: … }; ' +
        'until then the busiest hours are taken for it',
    },
  ];
}
