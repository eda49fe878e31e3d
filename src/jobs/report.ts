/** Renders a stored audit into files: page, text, mail, data and charts; frozen if asked. */

import { z } from 'zod';
import type { Edition } from '../domain/edition.ts';
import { Failure } from '../domain/failure.ts';
import { invariant } from '../domain/invariant.ts';
import type { ReportFile, ReportLetter } from '../domain/letter.ts';
import { instantText } from '../domain/period.ts';
import type { AuditChoice, AuditRecord } from '../ledger/ledger.ts';
import type { JobContext } from './context.ts';
import { type FreezeWish, freezeAudit, requireFacts, requireWhole } from './freezing.ts';
import type { Job } from './job.ts';
import { lateCause } from './lateness.ts';
import { renderAudit } from './rendering.ts';
import { auditedPeriod, instantSchema, quarterSchema } from './window.ts';

const payload = z.strictObject({
  quarter: quarterSchema.optional(),
  from: instantSchema.optional(),
  to: instantSchema.optional(),
  runId: z.string().optional(),
  /** Keeps it in the ledger as an edition, to be sent; the files are those of the edition then. */
  freeze: z.boolean().optional(),
  /** Freezes only where the quarter has no edition yet: any one of it is to be sent. */
  once: z.boolean().optional(),
  /** When it was due, where it is late: what is frozen says so. */
  due: instantSchema.optional(),
});

/** What a person at this machine may ask for besides; no payload from a queue names a path. */
interface ByHand {
  /** Absolute path of the folder to write to; else one of the period's own below the reports. */
  readonly out?: string;
}

type Wish = z.output<typeof payload> & ByHand;

export interface ReportResult {
  readonly runId: string;
  /** The edition's id, where it was frozen. */
  readonly edition?: string;
  readonly subject: string;
  readonly files: readonly string[];
}

/** `report {quarter, runId?, freeze?, due?}`: the same audit gives the same bytes. */
export const reportJob: Job<Wish, ReportResult> = {
  name: 'report',
  payload,
  async run(context, wish) {
    const record = await storedAudit(context, wish);
    if (wish.freeze === true) requireWhole(record);
    else requireFacts(record);
    const finished =
      wish.freeze === true
        ? await frozen(
            context,
            await freezeAudit(context, record, await freezeWishOf(context, wish)),
          )
        : { ...(await renderAudit(context, record)), dateMs: record.computedAtMs };
    const folder = finished.edition ?? record.quarter ?? record.runId;
    const out = wish.out ?? `${context.reportFolder}/${folder}`;
    const place = { out, key: record.runId, isAsked: wish.out !== undefined };
    const { files, shortfalls } = await laidOut(context, finished, place);
    const { subject, edition } = finished;
    const named = edition === undefined ? {} : { edition };
    const result = { runId: record.runId, ...named, subject, files };
    return { kind: 'done', result, shortfalls };
  },
  figures: ({ files, ...told }) => ({ ...told, files: files.length }),
};

async function freezeWishOf(context: JobContext, { due, once = false }: Wish): Promise<FreezeWish> {
  if (due === undefined) return { once };
  const times = { dueMs: due, madeMs: context.clock.nowMs() };
  const cause = await lateCause(context, times);
  return { once, late: { ...times, ...(cause === undefined ? {} : { cause }) } };
}

/** The stored audit that is wished for. @throws {Failure} `no-data` where there is none. */
export async function storedAudit(
  context: Pick<JobContext, 'ledger' | 'clock' | 'config'>,
  wish: Pick<Wish, 'quarter' | 'from' | 'to' | 'runId'>,
): Promise<AuditRecord> {
  const record = await context.ledger.loadAudit(auditChoice(context, wish));
  if (record !== undefined) return record;
  throw notStored(wish);
}

function notStored({ runId, quarter, from, to }: Wish): Failure {
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
  wish: Pick<Wish, 'quarter' | 'from' | 'to' | 'runId'>,
): AuditChoice {
  if (wish.runId !== undefined) return { runId: wish.runId };
  const asked = auditedPeriod(wish, clock.nowMs(), config.fiscal.startMonth);
  return asked.quarter === undefined ? { window: asked.window } : { quarter: asked.quarter };
}

interface Finished {
  readonly edition?: string;
  readonly subject: string;
  readonly letters: readonly ReportLetter[];
  readonly files: readonly ReportFile[];
  readonly dateMs: number;
}

async function frozen({ ledger }: JobContext, edition: Edition): Promise<Finished> {
  const { id, subject, frozenAtMs } = edition;
  const { letters } = await ledger.editionContent(id);
  const files = await Promise.all(edition.files.map(({ name }) => ledger.editionFile(id, name)));
  const there = files.filter((file) => file !== undefined);
  return { edition: id, subject, letters, files: there, dateMs: frozenAtMs };
}

interface Place {
  readonly out: string;
  /** What the message is about. */
  readonly key: string;
  /** Whether somebody named the folder. */
  readonly isAsked: boolean;
}

/** What is frozen is safe in the ledger: that nobody's copy of it was written stops nothing. */
async function laidOut(context: JobContext, finished: Finished, place: Place) {
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
  { out, key }: Place,
): Promise<string[]> {
  const letter = letters.find(({ role }) => role === 'leader');
  invariant(letter !== undefined, 'every report has a letter to leaders');
  const mail = await context.composeMail({ letter, files, key, dateMs });
  const written = [
    ...files.map(({ name, bytes }) => ({ path: `${out}/${name}`, bytes })),
    { path: `${out}/report.eml`, bytes: mail },
  ];
  for (const { path, bytes } of written) await context.writeFile(path, bytes);
  return written.map(({ path }) => path);
}
