/** The run ID of an audit: made from its inputs, and new if another audit came between. */

import type { AuditIdentity } from '../verdict/document/document.ts';
import type { JobContext } from './context.ts';
import type { AuditedPeriod } from './window.ts';

export interface RunInputs {
  readonly audited: AuditedPeriod;
  readonly asOfMs: number;
  /** Of all facts and settings that the audit is made from. */
  readonly inputsDigest: string;
}

type Books = Pick<JobContext, 'codeVersion' | 'digest' | 'ledger'>;

const RUN_ID_LENGTH = 16;

/**
 * The same inputs and code are the same run. Where they have come back after another audit of the
 * period (a setting tried and taken back, a bill restated twice) they are a run of their own:
 * reports and editions follow the newest one, and would else go on with what was taken back.
 */
export async function runIdentity(books: Books, inputs: RunInputs): Promise<AuditIdentity> {
  const { audited, asOfMs, inputsDigest } = inputs;
  const { window, quarter, partial } = audited;
  const { codeVersion } = books;
  const named = books.digest({ inputsDigest, quarter, window, partial, codeVersion });
  const runId = await unlessOvertaken(books, inputs, named.slice(0, RUN_ID_LENGTH));
  return { quarter: quarter ?? null, partial, asOfMs, runId, inputsDigest, codeVersion };
}

/** An audit as of an earlier time overtakes nothing: it finds its own run again. */
async function unlessOvertaken(books: Books, inputs: RunInputs, runId: string): Promise<string> {
  const { audited, asOfMs, inputsDigest } = inputs;
  const { quarter, window } = audited;
  const newest = await books.ledger.loadAudit(quarter === undefined ? { window } : { quarter });
  if (newest === undefined || newest.runId === runId || newest.asOfMs > asOfMs) return runId;
  const isSame =
    newest.inputsDigest === inputsDigest &&
    newest.codeVersion === books.codeVersion &&
    newest.quarter === quarter &&
    newest.partial === audited.partial &&
    newest.window.endMs === window.endMs;
  if (isSame) return newest.runId;
  if ((await books.ledger.loadAudit({ runId })) === undefined) return runId;
  return books.digest({ runId, after: newest.runId }).slice(0, RUN_ID_LENGTH);
}
