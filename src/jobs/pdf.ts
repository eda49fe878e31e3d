/** Adds the PDF to a report if the config enables it, or a note if it cannot be made. */

import { Failure } from '../domain/failure.ts';
import type { Report } from '../report/report.ts';
import type { JobContext } from './context.ts';

const PDF_NAME = 'report.pdf';

type Render = (notes: readonly string[]) => Promise<Report>;

/**
 * Returns the report with `report.pdf` among its files and attached for leaders. If no browser can
 * make it, the report is rendered without it, with a note at the end.
 */
export async function withPdf(
  context: Pick<JobContext, 'config' | 'printPage' | 'progress'>,
  dateMs: number,
  render: Render,
): Promise<Report> {
  const report = await render([]);
  if (context.config.report?.pdf !== true) return report;
  context.progress('making the PDF');
  // Fonts and templates are loaded only if a PDF is wanted.
  const { buildPrintPage } = await import('../report/print.ts');
  try {
    return withAttachment(report, await context.printPage(buildPrintPage(report.files), dateMs));
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
