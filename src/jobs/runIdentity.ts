/** The run ID of an audit: made from its inputs, and new if another audit came between. */

import type { AuditIdentity } from '../verdict/document/document.ts';
import type { JobContext } from './context.ts';
import type { AuditedPeriod } from './window.ts';

export interface RunInputs {
  readonly audited: AuditedPeriod;
  readonly asOfMs: number;
  /** Digest of all facts and settings that the audit is made from. */
  readonly inputsDigest: string;
}

type RunLedger = Pick<JobContext, 'codeVersion' | 'digest' | 'ledger'>;

const RUN_ID_LENGTH = 16;

/**
 * The same inputs and code give the same run ID. If they return after another audit of the period
 * (a setting was reverted, a bill restated twice), they get an ID of their own. Reports and
 * editions use the newest run, and would otherwise keep the reverted one.
 */
export async function computeRunIdentity(
  context: RunLedger,
  inputs: RunInputs,
): Promise<AuditIdentity> {
  const { audited, asOfMs, inputsDigest } = inputs;
  const { window, quarter, partial } = audited;
  const { codeVersion } = context;
  const named = context.digest({ inputsDigest, quarter, window, partial, codeVersion });
  const runId = await resolveRunId(context, inputs, named.slice(0, RUN_ID_LENGTH));
  return { quarter: quarter ?? null, partial, asOfMs, runId, inputsDigest, codeVersion };
}

/** An audit as of an earlier time replaces no newer run: it finds its own run again. */
async function resolveRunId(context: RunLedger, inputs: RunInputs, runId: string): Promise<string> {
  const { audited, asOfMs, inputsDigest } = inputs;
  const { quarter, window } = audited;
  const newest = await context.ledger.loadAudit(quarter === undefined ? { window } : { quarter });
  if (newest === undefined || newest.runId === runId || newest.asOfMs > asOfMs) return runId;
  const isSame =
    newest.inputsDigest === inputsDigest &&
    newest.codeVersion === context.codeVersion &&
    newest.quarter === quarter &&
    newest.partial === audited.partial &&
    newest.window.endMs === window.endMs;
  if (isSame) return newest.runId;
  if ((await context.ledger.loadAudit({ runId })) === undefined) return runId;
  return context.digest({ runId, after: newest.runId }).slice(0, RUN_ID_LENGTH);
}
