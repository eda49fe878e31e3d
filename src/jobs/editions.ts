/** Freezes a report as the next edition of its quarter, unless it is an edition already. */

import { TREND_QUARTERS } from '../calendar/horizons.ts';
import type { Edition } from '../domain/edition.ts';
import { Failure } from '../domain/failure.ts';
import { instantText } from '../domain/period.ts';
import type { AuditRecord } from '../ledger/audits.ts';
import type { Audit, AuditDetail } from '../verdict/audit.ts';
import { findComparedSides } from '../verdict/comparedSides.ts';
import type { JobContext, ReportTools } from './job.ts';
import { findCorrectedEditions } from './editionNews.ts';
import type { ReportInput } from '../report/input.ts';
import type { Report } from '../report/report.ts';
import { loadPreviousAudits, previousQuarterName } from './previousAudits.ts';

/** Attempts before giving up while other editions are frozen at the same time. */
const MAX_ATTEMPTS = 5;

export interface FreezeOptions extends Pick<EditionTerms, 'late'> {
  /** True to use any edition of the quarter, and to freeze one only if there is none. */
  readonly once?: boolean;
}

/**
 * Each audit has one edition. The same run returns the existing one; a new run corrects the edition
 * before it.
 * @throws {Failure} `usage` for an audit of less than a whole quarter.
 */
export async function freezeAudit(
  context: JobContext,
  record: AuditRecord,
  { once = false, ...late }: FreezeOptions = {},
): Promise<Edition> {
  const quarter = requireWholeQuarter(record);
  const { runId } = record;
  const { ledger, clock } = context;
  const choice = once ? { quarter } : { quarter, runId };
  const [frozen] = await ledger.deliveries.editions(choice);
  if (frozen !== undefined) return frozen;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const terms = await nextEdition(context, quarter, record);
    const report = await renderAudit(context, record, { ...terms, ...late });
    const request = { ...report, quarter, runId, number: terms.edition };
    const outcome = await ledger.deliveries.freezeEdition(request, clock.nowMs());
    if (outcome !== undefined) return outcome.edition;
  }
  throw new Failure(
    'ledger-locked',
    `Cannot freeze an edition of ${quarter}: other editions were frozen at the same time`,
  );
}

/** Returns the number of the next edition and the editions that it corrects. */
export async function nextEdition(
  { ledger }: Pick<JobContext, 'ledger'>,
  quarter: string,
  { auditJson }: Pick<AuditRecord, 'auditJson'>,
): Promise<EditionTerms & { readonly edition: number }> {
  const earlier = await ledger.deliveries.editions({ quarter });
  const edition = (earlier[0]?.number ?? 0) + 1;
  return {
    edition,
    ...(await findCorrectedEditions(ledger, earlier, JSON.parse(auditJson) as Audit)),
  };
}

/**
 * Returns the quarter of an audit that covers it completely and has facts.
 * @throws {Failure} `usage` for a shorter period, `no-data` without facts.
 */
export function requireWholeQuarter(record: AuditRecord): string {
  if (record.quarter === undefined || record.partial) throw notWhole(record);
  requireFacts(record);
  return record.quarter;
}

/** @throws {Failure} `no-data` for an audit with neither bills nor usage. */
export function requireFacts({ auditJson, quarter, window }: AuditRecord): void {
  if (findComparedSides(JSON.parse(auditJson) as Audit) !== 'none') return;
  const name = quarter ?? `${instantText(window.startMs)} to ${instantText(window.endMs)}`;
  throw new Failure('no-data', noFactsText(name), { hint: EMPTY_HINT });
}

export function noFactsText(name: string): string {
  return `The audit of ${name} contains no bills and no usage, so there is nothing to report`;
}

const EMPTY_HINT = 'pull or import the bills and the usage of that period, then audit it again';

function notWhole({ quarter, runId, partial }: AuditRecord): Failure {
  const what = quarter === undefined ? 'a custom period' : `part of ${quarter}`;
  return new Failure('usage', `Cannot send run ${runId}: it audits only ${what}`, {
    expected: 'an audit of a whole quarter that has ended',
    hint:
      partial && quarter !== undefined
        ? `after the end of the quarter, run: rentcheck audit ${quarter}`
        : 'name a quarter, e.g. rentcheck send 2026-Q3',
  });
}

/**
 * The part of the report input that describes the edition: number, corrected editions and delay.
 */
export type EditionTerms = Pick<ReportInput, 'edition' | 'corrects' | 'correctsOwners' | 'late'>;

/** Renders an audit; the same audit and edition give the same bytes. */
export async function renderAudit(
  context: JobContext,
  { quarter, window, asOfMs, computedAtMs, auditJson, detailJson }: AuditRecord,
  terms: EditionTerms = {},
): Promise<Report> {
  const audit = JSON.parse(auditJson) as Audit;
  const detail = JSON.parse(detailJson) as AuditDetail;

  const history =
    quarter === undefined
      ? []
      : await loadPreviousAudits(context, window, { asOfMs, most: TREND_QUARTERS });
  const before = previousQuarterName(context, window);
  const previous = history.find((earlier) => earlier.quarter === before);
  const input: ReportInput = {
    audit,
    detail,
    history,
    ...(previous === undefined ? {} : { previous }),
    // Every deployment may get an owner later, so a frozen edition has a report for each.
    owners: audit.deployments.map(({ id }) => id),
    minMoveUsd: context.config.policy.minSavingUsd,
    ...mannerOf(context),
    ...terms,
  };
  return withPdf(context, computedAtMs, (notes) => context.reports.render({ ...input, notes }));
}

function mannerOf({ config: { report } }: JobContext): Pick<ReportInput, 'format'> {
  if (report === undefined) return {};
  const { language, locale } = report;
  return { format: { language, ...(locale === undefined ? {} : { locale }) } };
}

const PDF_NAME = 'report.pdf';

type Render = (notes: readonly string[]) => Promise<Report>;

/**
 * Returns the report with `report.pdf` among its files and attached for leaders. If no browser can
 * make it, the report is rendered without it, with a note at the end.
 */
export async function withPdf(
  context: Pick<JobContext, 'config' | 'progress'> & {
    readonly reports: Pick<ReportTools, 'printPage'>;
  },
  dateMs: number,
  render: Render,
): Promise<Report> {
  const report = await render([]);
  if (context.config.report?.pdf !== true) return report;
  context.progress('making the PDF');
  // Fonts and templates are loaded only if a PDF is wanted.
  const { buildPrintPage } = await import('../report/print.ts');
  try {
    return withAttachment(
      report,
      await context.reports.printPage(buildPrintPage(report.files), dateMs),
    );
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    context.progress(`no PDF: ${error.message}`);
    return render([NO_PDF[error.code] ?? PDF_FAILED]);
  }
}

/** For recipients; `rentcheck doctor` shows how to fix it. */
const PDF_FAILED = 'The PDF is missing because the browser that makes it failed.';
const NO_PDF: Readonly<Partial<Record<Failure['code'], string>>> = {
  'not-found': 'The PDF is missing because no browser is installed to make it.',
  timeout: 'The PDF is missing because the browser that makes it timed out.',
};

function withAttachment(report: Report, bytes: Uint8Array): Report {
  return {
    ...report,
    files: [...report.files, { name: PDF_NAME, contentType: 'application/pdf', bytes }],
    letters: report.letters.map((letter) =>
      letter.role === 'leader'
        ? { ...letter, attachments: [PDF_NAME, ...letter.attachments] }
        : letter,
    ),
  };
}
