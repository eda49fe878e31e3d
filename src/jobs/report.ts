/**
 * Renders a stored audit into files: page, text, mail, data and charts; freezes it if requested.
 */

import { missedPull } from '../calendar/timetable.ts';
import { z } from 'zod';
import type { Edition, ReportFile, ReportMessage } from '../domain/edition.ts';
import { Failure, invariant } from '../domain/failure.ts';
import { HOUR_MS, instantText } from '../domain/period.ts';
import type { AuditChoice, AuditRecord } from '../ledger/audits.ts';
import type { JobContext, JobWithOutput } from './job.ts';
import {
  freezeAudit,
  type FreezeOptions,
  renderAudit,
  requireFacts,
  requireWholeQuarter,
} from './editions.ts';
import { instantSchema, quarterSchema } from './payloadFields.ts';
import { toAuditedPeriod } from '../calendar/quarter.ts';
import { toSchedule } from '../calendar/schedule.ts';
import type { LateCause, LateReport } from '../report/sections/correction.ts';

const payload = z.strictObject({
  quarter: quarterSchema.optional(),
  from: instantSchema.optional(),
  to: instantSchema.optional(),
  runId: z.string().optional(),
  /**
   * Stores the report in the ledger as an edition to be sent; the files are then those of the
   * edition.
   */
  freeze: z.boolean().optional(),
  /** Freezes only if the quarter has no edition yet; otherwise any of its editions is sent. */
  once: z.boolean().optional(),
  /** Due time of a late report; the frozen edition states it. */
  due: instantSchema.optional(),
});

/** Options of the command line only: a queued job never names a path. */
interface ByHand {
  /** Absolute path of the output folder; by default a folder per period in the report folder. */
  readonly out?: string;
}

type ReportRequest = z.output<typeof payload> & ByHand;

/** What later steps need: the edition that was frozen. */
const output = z.object({ edition: z.string() });

type ReportOutput = z.output<typeof output>;

export interface ReportResult {
  readonly runId: string;
  /** The edition's ID, if the report was frozen. */
  readonly edition?: string;
  readonly subject: string;
  readonly files: readonly string[];
}

/** `report {quarter, runId?, freeze?, due?}`: the same audit gives the same bytes. */
export const reportJob: JobWithOutput<ReportRequest, ReportResult, ReportOutput> = {
  name: 'report',
  payload,
  async run(context, request) {
    const record = await loadStoredAudit(context, request);
    if (request.freeze === true) requireWholeQuarter(record);
    else requireFacts(record);
    const finished =
      request.freeze === true
        ? await readEdition(
            context,
            await freezeAudit(context, record, await toFreezeOptions(context, request)),
          )
        : { ...(await renderAudit(context, record)), dateMs: record.computedAtMs };
    const folder = finished.edition ?? record.quarter ?? record.runId;
    const out = request.out ?? `${context.reports.folder}/${folder}`;
    const place = { out, key: record.runId, isAsked: request.out !== undefined };
    const { files, shortfalls } = await writeFiles(context, finished, place);
    const { subject, edition } = finished;
    const named = edition === undefined ? {} : { edition };
    const result = { runId: record.runId, ...named, subject, files };
    return { kind: 'done', result, shortfalls };
  },
  figures: ({ files, ...rest }) => ({ ...rest, files: files.length }),
  output: {
    from: ({ edition }) => (edition === undefined ? undefined : { edition }),
    schema: output,
  },
};

async function toFreezeOptions(
  context: JobContext,
  { due, once = false }: ReportRequest,
): Promise<FreezeOptions> {
  if (due === undefined) return { once };
  const times = { dueMs: due, madeMs: context.clock.nowMs() };
  const cause = await findLateCause(context, times);
  return { once, late: { ...times, ...(cause === undefined ? {} : { cause }) } };
}

/**
 * Loads the requested audit.
 * @throws {Failure} `no-data` if none is stored.
 */
export async function loadStoredAudit(
  context: Pick<JobContext, 'ledger' | 'clock' | 'config'>,
  request: Pick<ReportRequest, 'quarter' | 'from' | 'to' | 'runId'>,
): Promise<AuditRecord> {
  const record = await context.ledger.audits.load(auditChoice(context, request));
  if (record !== undefined) return record;
  throw notStored(request);
}

function notStored({ runId, quarter, from, to }: ReportRequest): Failure {
  if (runId !== undefined) {
    return new Failure('no-data', `No stored audit has the run ID ${runId}`, {
      hint: 'list the runs: rentcheck sql "SELECT run_id, quarter FROM audit_by_quarter"',
    });
  }
  const span = from === undefined || to === undefined ? [] : [instantText(from), instantText(to)];
  const [start, end] = span;
  const name = quarter ?? (start === undefined ? 'the last quarter' : `${start} to ${end}`);
  const wanted = start === undefined ? (quarter ?? 'last') : `--from ${start} --to ${end}`;
  return new Failure('no-data', `No audit of ${name} is stored`, {
    hint: `run: rentcheck audit ${wanted}`,
  });
}

function auditChoice(
  { clock, config }: Pick<JobContext, 'clock' | 'config'>,
  request: Pick<ReportRequest, 'quarter' | 'from' | 'to' | 'runId'>,
): AuditChoice {
  if (request.runId !== undefined) return { runId: request.runId };
  const audited = toAuditedPeriod(request, clock.nowMs(), config.fiscal.startMonth);
  return audited.quarter === undefined ? { window: audited.window } : { quarter: audited.quarter };
}

interface Finished {
  readonly edition?: string;
  readonly subject: string;
  readonly letters: readonly ReportMessage[];
  readonly files: readonly ReportFile[];
  readonly dateMs: number;
}

async function readEdition({ ledger }: JobContext, edition: Edition): Promise<Finished> {
  const { id, subject, frozenAtMs } = edition;
  const { letters } = await ledger.deliveries.editionContent(id);
  const files = await Promise.all(
    edition.files.map(({ name }) => ledger.deliveries.editionFile(id, name)),
  );
  const there = files.filter((file) => file !== undefined);
  return { edition: id, subject, letters, files: there, dateMs: frozenAtMs };
}

interface OutputFolder {
  readonly out: string;
  /** Key of the message ID: the run ID. */
  readonly key: string;
  /** True if the caller named the folder. */
  readonly isAsked: boolean;
}

/** A frozen edition is safe in the ledger, so a failure to write its files is only a shortfall. */
async function writeFiles(context: JobContext, finished: Finished, place: OutputFolder) {
  try {
    return { files: await writeAll(context, finished, place), shortfalls: [] };
  } catch (error) {
    const isCopy = finished.edition !== undefined && !place.isAsked;
    if (!isCopy || !(error instanceof Failure)) throw error;
    const what = `${finished.edition} is frozen, but its files were not written`;
    const shortfall = `${what}: ${error.message}`;
    return { files: [], shortfalls: [shortfall] };
  }
}

async function writeAll(
  context: JobContext,
  { letters, files, dateMs }: Finished,
  { out, key }: OutputFolder,
): Promise<string[]> {
  const letter = letters.find(({ role }) => role === 'leader');
  invariant(letter !== undefined, 'every report has a letter to leaders');
  const mail = await context.reports.composeMail({ letter, files, key, dateMs });
  const written = [
    ...files.map(({ name, bytes }) => ({ path: `${out}/${name}`, bytes })),
    { path: `${out}/report.eml`, bytes: mail },
  ];
  for (const { path, bytes } of written) await context.reports.writeFile(path, bytes);
  return written.map(({ path }) => path);
}

type LatenessContext = Pick<JobContext, 'ledger' | 'config' | 'sources'>;
type LateTimes = Pick<LateReport, 'dueMs' | 'madeMs'>;

/**
 * Returns what delayed the report for most of the time between its due date and its making. Either
 * scheduled pulls did not run, or a source kept failing. Returns `undefined` if the ledger shows
 * neither, rather than a guess.
 */
export async function findLateCause(
  context: LatenessContext,
  times: LateTimes,
): Promise<LateCause | undefined> {
  return (await findMissedPulls(context, times)) ?? (await findFailingSource(context, times));
}

async function findMissedPulls(
  context: LatenessContext,
  times: LateTimes,
): Promise<LateCause | undefined> {
  const gap = await context.ledger.work.fetchGap(times.dueMs);
  if (gap === undefined) return undefined;
  const { startMs: fromMs, endMs: toMs } = gap;
  const isCause = missedPull(toSchedule(context), gap) && coversMost(times, toMs);
  return isCause ? { kind: 'silent', fromMs, toMs } : undefined;
}

async function findFailingSource(
  { ledger }: LatenessContext,
  times: LateTimes,
): Promise<LateCause | undefined> {
  const late = { startMs: times.dueMs, endMs: times.madeMs };
  const failing = await ledger.work.failingSource(late);
  if (failing === undefined || failing.lastMs === null) return undefined;
  const { source, count, firstMs: fromMs, lastMs: toMs } = failing;
  const isCause = fromMs <= times.dueMs + HOUR_MS && coversMost(times, toMs);
  return isCause ? { kind: 'failing', source, times: count, fromMs, toMs } : undefined;
}

/** A cause that ended early does not explain a report that was made long after it. */
function coversMost({ dueMs, madeMs }: LateTimes, toMs: number): boolean {
  return toMs - dueMs > (madeMs - dueMs) / 2;
}
