/** Knows how a stored audit becomes files: page, text, mail, JSON and charts. */

import { z } from 'zod';
import { Failure } from '../domain/failure.ts';
import { instantText } from '../domain/period.ts';
import type { AuditChoice, AuditRecord } from '../ledger/ledger.ts';
import { invariant } from '../domain/invariant.ts';
import { type Report, renderReport } from '../report/report.ts';
import type { Audit } from '../verdict/audit.ts';
import type { AuditDetail } from '../verdict/auditDetail.ts';
import type { JobContext } from './context.ts';
import type { Job } from './job.ts';
import { auditBefore } from './previousAudit.ts';
import { auditedPeriod, instantSchema } from './window.ts';

const payload = z.strictObject({
  quarter: z.string().optional(),
  from: instantSchema.optional(),
  to: instantSchema.optional(),
  runId: z.string().optional(),
  /** The folder to write to; one of the period's own below the folder of reports otherwise. */
  out: z.string().optional(),
});

export interface ReportResult {
  readonly runId: string;
  readonly subject: string;
  readonly files: readonly string[];
}

/** `report {quarter, runId?}`: the same audit gives the same bytes. */
export const reportJob: Job<z.output<typeof payload>, ReportResult> = {
  name: 'report',
  payload,
  async run(context, wish) {
    const record = await storedAudit(context, wish);
    const audit = JSON.parse(record.auditJson) as Audit;
    const detail = JSON.parse(record.detailJson) as AuditDetail;
    const { quarter, window, asOfMs } = record;
    const previous = quarter === undefined ? undefined : await auditBefore(context, window, asOfMs);
    const before = previous === undefined ? {} : { previous };
    const report = await renderReport({ audit, detail, ...before });
    const out = wish.out ?? `${context.reportFolder}/${record.quarter ?? record.runId}`;
    const files = await writeAll(context, { report, record, out });
    const result = { runId: record.runId, subject: report.subject, files };
    return { kind: 'done', result, shortfalls: [] };
  },
  figures: ({ runId, subject, files }) => ({ runId, subject, files: files.length }),
};

async function storedAudit(
  context: JobContext,
  wish: z.output<typeof payload>,
): Promise<AuditRecord> {
  const choice = auditChoice(context, wish);
  const record = await context.ledger.loadAudit(choice);
  if (record !== undefined) return record;
  throw notStored(wish);
}

function notStored({ runId, quarter, from, to }: z.output<typeof payload>): Failure {
  if (runId !== undefined) {
    return new Failure('no-data', `there is no stored audit of run ${runId}`, {
      hint: 'look for it: rentcheck sql "SELECT run_id, quarter FROM audit_by_quarter"',
    });
  }
  const span = from === undefined || to === undefined ? [] : [instantText(from), instantText(to)];
  const [start, end] = span;
  const name = quarter ?? (start === undefined ? 'the last quarter' : `${start} to ${end}`);
  const wanted = start === undefined ? (quarter ?? 'last') : `--from ${start} --to ${end}`;
  return new Failure('no-data', `there is no stored audit of ${name}`, {
    hint: `run: rentcheck audit ${wanted}`,
  });
}

function auditChoice(context: JobContext, wish: z.output<typeof payload>): AuditChoice {
  if (wish.runId !== undefined) return { runId: wish.runId };
  const nowMs = context.clock.nowMs();
  const asked = auditedPeriod(wish, nowMs, context.config.fiscal.startMonth);
  return asked.quarter === undefined ? { window: asked.window } : { quarter: asked.quarter };
}

interface Rendered {
  readonly report: Report;
  readonly record: AuditRecord;
  readonly out: string;
}

async function writeAll(context: JobContext, { report, record, out }: Rendered) {
  const letter = report.letters.find(({ role }) => role === 'leader');
  invariant(letter !== undefined, 'every report has a letter to leaders');
  const { files } = report;
  const mail = await context.composeMail({
    letter,
    files,
    key: record.runId,
    dateMs: record.computedAtMs,
  });
  const written = [
    ...files.map(({ name, bytes }) => ({ path: `${out}/${name}`, bytes })),
    { path: `${out}/report.eml`, bytes: mail },
  ];
  for (const { path, bytes } of written) await context.writeFile(path, bytes);
  return written.map(({ path }) => path);
}
