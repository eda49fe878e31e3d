/** The audit of a quarter as it is, and with some inputs changed; it stores neither. */

import { weighStack } from '../economics/stack.ts';
import { whatIf } from '../economics/whatIf.ts';
import type { Wishes } from '../economics/wishes/wishes.ts';
import { withRefusalsInWords } from '../report/copy/overrideRefusals.ts';
import type { Audit } from '../verdict/audit.ts';
import type { JobContext } from './context.ts';
import { billSources } from './completeness.ts';
import { gather } from './gather.ts';
import type { Answer } from './job.ts';
import { weigh } from './weigh.ts';
import { changesOf, type InputChange } from './whatIfChanges.ts';
import { withKnownHost } from './whatIfHost.ts';
import { auditedPeriod, type PeriodWish } from './window.ts';

export interface WhatIfRequest {
  readonly period: PeriodWish;
  readonly asOfMs?: number | undefined;
  readonly wishes: Wishes;
}

/** `rentcheck/what-if/1`. */
export interface WhatIfResult {
  readonly schema: 'rentcheck/what-if/1';
  readonly changes: readonly InputChange[];
  /** As `rentcheck audit` says it; not stored. */
  readonly asIs: Audit;
  readonly whatIf: Audit;
}

/**
 * Both are decided by the same rule, and drawn with the same luck: what differs is the wish.
 * @throws {Failure} `usage` for what cannot be wished.
 */
export async function whatIfAnswer(
  context: JobContext,
  { period, asOfMs: asked, wishes: told }: WhatIfRequest,
): Promise<Answer<WhatIfResult>> {
  const { startMonth } = context.config.fiscal;
  const nowMs = context.clock.nowMs();
  const audited = auditedPeriod(period, nowMs, startMonth);
  const asOfMs = asked ?? (await context.ledger.asOfNow(nowMs));
  context.progress('reading bills, usage and prices');
  const gathered = await gather({ ...context, audited, asOfMs, sources: billSources(context) });
  const asIs = await weigh(context, { gathered, audited, asOfMs });
  const wishes = withKnownHost(told, asIs.economics);
  const input = withRefusalsInWords(() =>
    whatIf(gathered.input, wishes, (of) =>
      of === gathered.input ? asIs.economics : weighStack(of),
    ),
  );
  const wished = await weigh(context, {
    gathered: { ...gathered, input },
    audited,
    asOfMs,
    seed: asIs.seed,
  });
  const changes = changesOf(
    { input: gathered.input, economics: asIs.economics },
    { input, economics: wished.economics, fee: wishes.fee },
    wishes,
  );
  const result: WhatIfResult = {
    schema: 'rentcheck/what-if/1',
    changes,
    asIs: asIs.audit,
    whatIf: wished.audit,
  };
  return { kind: 'done', result, shortfalls: [] };
}
