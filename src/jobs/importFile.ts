/** Imports a file of facts into the ledger, in batches and with its bytes, each file once. */

import { z } from 'zod';
import { formatCount } from '../domain/figures.ts';
import { Failure, invariant } from '../domain/failure.ts';
import type { FocusLine } from '../domain/focus.ts';
import type { PullWarning } from '../domain/pullWarning.ts';
import type { Reject } from '../domain/provenance.ts';
import type { ImportOutcome, ImportSession } from '../ledger/imports.ts';
import type { ImportBatch } from '../sources/import/readImport.ts';
import type { ImportFileRequest, Job, JobContext } from './job.ts';
import { storeConfigRates } from './configRates.ts';
import { IMPORT_KINDS, OPS_FORMATS } from './importKinds.ts';
import {
  collectImportNotes,
  type ImportNoteCollector,
  type ImportResult,
  SHOWN_REJECTS,
  toImportResult,
} from './importResult.ts';
import { toPullRequest } from './pull.ts';
import type { Config } from '../config/config.ts';
import { matchesGlob } from '../domain/glob.ts';

const payload = z.strictObject({
  kind: z.enum(IMPORT_KINDS),
  path: z.string().min(1),
  source: z.string().min(1).default('import'),
  format: z.enum(OPS_FORMATS).default('auto'),
  /** The name of a mapping in config. */
  as: z.string().min(1).optional(),
});

/**
 * `import {kind, path, source, format}`: stores valid rows and lists rejected ones; repeats change
 * nothing.
 */
export const importJob: Job<z.output<typeof payload>, ImportResult> = {
  name: 'import',
  payload,
  async run(context, { kind, path, source, format, as }) {
    const owner = createIncidentOwner(context.config);
    const { deploymentOf } = owner;
    if (kind === 'focus') requireNotPulled(context, source);
    const nowMs = context.clock.nowMs();
    const formatOption = format === 'auto' ? {} : { format };
    if (kind === 'requests') requireNotMetered(context, source);
    const taken = kind === 'focus' ? takenOf(context, source) : {};
    const log = kind === 'requests' ? { log: logOf(context, source, as) } : {};
    const request = {
      kind: toImportKind(kind),
      path,
      sourceId: source,
      nowMs,
      deploymentOf,
      ...formatOption,
      ...taken,
      ...log,
      ...mappingNamed(context, kind, as),
    };
    const file = path.replace(/^.*[\\/]/, '');
    const start = { sourceId: source, kind: `import.${kind}`, url: `file:${file}` };
    const rateWarnings = await storeConfigRates(context);
    const watch = collectImportNotes(context.config.deployments, nowMs);
    const stored = await store(context, { request, start, watch });
    const { rows, rejects, warnings, outcome } = stored;
    const result = toImportResult(
      {
        file,
        rows,
        rejects,
        watched: watch.watched(),
        warnings: [...rateWarnings, ...warnings, ...owner.warnings()],
      },
      outcome,
    );
    const bad = formatCount(result.rejected, 'row');
    const shortfalls = result.rejected > 0 ? [`${file}: ${bad} rejected`] : [];
    return { kind: 'done', result, shortfalls };
  },
};

function toImportKind(kind: (typeof IMPORT_KINDS)[number]): ImportFileRequest['kind'] {
  return kind === 'exchange-rates' ? 'exchangeRates' : kind;
}

/** Rejects a bill for a source that pulls its bills, because its charges would count twice. */
function requireNotPulled({ sources }: JobContext, id: string): void {
  const source = sources.get(id);
  if (source?.provides.includes('charges') !== true) return;
  const pulls = `Source "${id}" already pulls its bills (kind: ${source.kind})`;
  throw new Failure('usage', `${pulls}. A file would count them twice`, {
    where: `sources.${id}`,
    expected: 'a source of kind import, or none',
    hint: 'check the file with --preview, or import it with another --source',
  });
}

/** @throws {Failure} `usage` for an unknown mapping, or if the file is not one of charges. */
function mappingNamed(
  { config: { imports } }: JobContext,
  kind: (typeof IMPORT_KINDS)[number],
  as: string | undefined,
): Pick<ImportFileRequest, 'mapping'> {
  if (as === undefined || kind === 'requests') return {};
  if (kind !== 'charges') {
    throw new Failure('usage', `--as works for charges and requests, not for ${kind}`, {
      hint: 'e.g. rentcheck import charges bill.csv --as NAME',
    });
  }
  const mapping = Object.hasOwn(imports, as) ? imports[as] : undefined;
  if (mapping !== undefined) return { mapping };
  const names = Object.keys(imports);
  throw new Failure('usage', `Unknown column mapping imports.${as}`, {
    expected:
      names.length === 0
        ? 'a name under imports in rentcheck.yaml, which has none'
        : `one of: ${names.join(', ')}`,
    hint: 'add the mapping to rentcheck.yaml; docs/cookbook.md has examples',
  });
}

/** Rejects a log for a source that pulls its usage, because its requests would count twice. */
function requireNotMetered({ sources }: JobContext, id: string): void {
  const source = sources.get(id);
  if (source?.provides.includes('usage') !== true) return;
  const pulls = `Source "${id}" already pulls its usage (kind: ${source.kind})`;
  throw new Failure('usage', `${pulls}. A log would count it twice`, {
    where: `sources.${id}`,
    expected: 'a source of kind import, or none',
    hint: 'import the log with another --source, and set it as usage or gateway of a deployment',
  });
}

/** Returns the deployments whose requests are in the log, and the mapping of its fields. */
function logOf({ config }: JobContext, source: string, as: string | undefined) {
  const { usage } = toPullRequest({ config }, source);
  const targets = usage.filter(({ match }) => Object.keys(match).length > 0);
  if (as === undefined) return { targets };
  const { requestLogs } = config;
  const mapping = Object.hasOwn(requestLogs, as) ? requestLogs[as] : undefined;
  if (mapping !== undefined) return { targets, mapping };
  const names = Object.keys(requestLogs);
  throw new Failure('usage', `Unknown field mapping requestLogs.${as}`, {
    expected:
      names.length === 0
        ? 'a name under requestLogs in rentcheck.yaml, which has none'
        : `one of: ${names.join(', ')}`,
    hint: 'add the mapping to rentcheck.yaml; docs/imports.md has an example',
  });
}

/** Returns which rows of a source's FOCUS bills count, according to the config. */
function takenOf({ config }: JobContext, id: string): Pick<ImportFileRequest, 'take'> {
  const take = config.sources.find((source) => source.id === id)?.take;
  return take === undefined ? {} : { take };
}

/**
 * Returns what a FOCUS bill contains and how much of it an import would take; stores nothing.
 * @throws {Failure} like reading the file.
 */
export async function previewFocus(
  context: JobContext,
  { path, source }: { readonly path: string; readonly source: string },
): Promise<{ readonly survey: readonly FocusLine[]; readonly rejects: readonly Reject[] }> {
  const nowMs = context.clock.nowMs();
  const taken = takenOf(context, source);
  const rejects: Reject[] = [];
  let survey: readonly FocusLine[] = [];
  for await (const batch of context.readImport({
    kind: 'focus',
    path,
    sourceId: source,
    nowMs,
    ...taken,
  })) {
    const room = Math.max(0, SHOWN_REJECTS - rejects.length);
    rejects.push(...(batch.facts.rejects ?? []).slice(0, room));
    survey = batch.survey ?? survey;
  }
  return { survey, rejects };
}

interface Storing {
  readonly request: ImportFileRequest;
  readonly start: { readonly sourceId: string; readonly kind: string; readonly url: string };
  readonly watch: ImportNoteCollector;
}

/** The session begins with the first batch, so a rejected file leaves no trace. */
async function store(context: JobContext, storing: Storing) {
  const opened: { session?: ImportSession } = {};
  try {
    return await storeBatches(context, storing, opened);
  } catch (error) {
    // A file that fails midway is discarded as a whole.
    await opened.session?.abort();
    throw error;
  }
}

async function storeBatches(
  context: JobContext,
  { request, start, watch }: Storing,
  opened: { session?: ImportSession },
) {
  const file = start.url.slice('file:'.length);
  const collected = { rows: 0, rejects: [] as Reject[], warnings: [] as PullWarning[] };
  let outcome: ImportOutcome | undefined;
  for await (const batch of context.readImport(request)) {
    const startedAtMs = context.clock.nowMs();
    const session = (opened.session ??= await context.ledger.facts.beginImport({
      ...start,
      startedAtMs,
    }));
    for (const bytes of batch.raw) await session.appendRaw(bytes);
    const { refused } = await session.append(batch.facts);
    watch.note(batch.facts);
    collected.rows = batch.rows;
    collect(collected, batch, refused);
    context.progress(`${file}: ${formatCount(batch.rows, 'row')}`);
    if (batch.digest !== undefined) {
      outcome = await session.finish({ digest: batch.digest, endedAtMs: context.clock.nowMs() });
    }
  }
  invariant(outcome !== undefined, 'the last batch of an import carries the digest');
  return { ...collected, warnings: [...collected.warnings, ...(outcome.warnings ?? [])], outcome };
}

/**
 * Lists rejects in the order of their lines, whether the file reader or the ledger rejected them.
 */
function collect(
  collected: { rejects: Reject[]; warnings: PullWarning[] },
  { facts }: ImportBatch,
  refused: readonly Reject[],
): void {
  const all = [...(facts.rejects ?? []), ...refused].sort((a, b) => a.position - b.position);
  collected.rejects.push(...all.slice(0, Math.max(0, SHOWN_REJECTS - collected.rejects.length)));
  collected.warnings.push(...(facts.warnings ?? []));
}

interface IncidentOwner {
  /**
   * Returns the deployment of the first rule that matches a name, otherwise the one with that name.
   */
  readonly deploymentOf: (names: readonly string[]) => string | undefined;
  /** Returns a warning about names without a deployment; none if all have one. */
  readonly warnings: () => readonly PullWarning[];
}

/** Number of names in the warning. */
const MAX_NAMED_SERVICES = 10;

/** The parts of the config that decide. */
interface OwnerRules {
  readonly ops: Pick<Config['ops'], 'services'>;
  readonly deployments: readonly Pick<Config['deployments'][number], 'id'>[];
}

export function createIncidentOwner({ ops, deployments }: OwnerRules): IncidentOwner {
  const ids = new Set(deployments.map(({ id }) => id));
  const unowned = new Set<string>();
  return {
    deploymentOf(names) {
      const rule = ops.services.find(({ pattern }) =>
        names.some((name) => matchesGlob(pattern, name)),
      );
      const owner = rule?.deployment ?? names.find((name) => ids.has(name));
      if (owner === undefined && unowned.size <= MAX_NAMED_SERVICES)
        unowned.add(names[0] ?? 'no service');
      return owner;
    },
    warnings: () => (unowned.size === 0 ? [] : [unownedWarning([...unowned])]),
  };
}

function unownedWarning(names: readonly string[]): PullWarning {
  const services = names.slice(0, MAX_NAMED_SERVICES).map((name) => name.slice(0, 60));
  return { code: 'hours-not-assigned', services, hasMore: names.length > MAX_NAMED_SERVICES };
}
