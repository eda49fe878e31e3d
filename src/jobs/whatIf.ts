/** Audits a quarter as it is, and with some inputs changed; stores neither audit. */

import { weighStack } from '../economics/stack.ts';
import { applyOverrides } from '../economics/whatIf.ts';
import type { WhatIfOverrides } from '../economics/wishes/wishes.ts';
import { withRefusalsInWords } from '../report/copy/overrideRefusals.ts';
import type { Audit } from '../verdict/audit.ts';
import type { JobContext } from './context.ts';
import { billSources } from './completeness.ts';
import { gather } from './gather.ts';
import type { JobResult } from './job.ts';
import { computeAudit } from './weigh.ts';
import { listChanges, type InputChange } from './whatIfChanges.ts';
import { withKnownProvider } from './whatIfHost.ts';
import { toAuditedPeriod, type PeriodRequest } from './window.ts';

export interface WhatIfRequest {
  readonly period: PeriodRequest;
  readonly asOfMs?: number | undefined;
  readonly overrides: WhatIfOverrides;
}

/** `rentcheck/what-if/1`. */
export interface WhatIfResult {
  readonly schema: 'rentcheck/what-if/1';
  readonly changes: readonly InputChange[];
  /** The audit as `rentcheck audit` makes it; not stored. */
  readonly asIs: Audit;
  readonly whatIf: Audit;
}

/**
 * Both audits use the same rules and the same random seed, so that only the overrides differ.
 * @throws {Failure} `usage` for an override that is not possible.
 */
export async function computeWhatIf(
  context: JobContext,
  { period, asOfMs: requestedMs, overrides: requested }: WhatIfRequest,
): Promise<JobResult<WhatIfResult>> {
  const { startMonth } = context.config.fiscal;
  const nowMs = context.clock.nowMs();
  const audited = toAuditedPeriod(period, nowMs, startMonth);
  const asOfMs = requestedMs ?? (await context.ledger.asOfNow(nowMs));
  context.progress('reading bills, usage and prices');
  const gathered = await gather({ ...context, audited, asOfMs, sources: billSources(context) });
  const asIs = await computeAudit(context, { gathered, audited, asOfMs });
  const overrides = withKnownProvider(requested, asIs.economics);
  const input = withRefusalsInWords(() =>
    applyOverrides(gathered.input, overrides, (candidate) =>
      candidate === gathered.input ? asIs.economics : weighStack(candidate),
    ),
  );
  const changed = await computeAudit(context, {
    gathered: { ...gathered, input },
    audited,
    asOfMs,
    seed: asIs.seed,
  });
  const changes = listChanges(
    { input: gathered.input, economics: asIs.economics },
    { input, economics: changed.economics, fee: overrides.fee },
    overrides,
  );
  const result: WhatIfResult = {
    schema: 'rentcheck/what-if/1',
    changes,
    asIs: asIs.audit,
    whatIf: changed.audit,
  };
  return { kind: 'done', result, shortfalls: [] };
}
