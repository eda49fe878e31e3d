/** Makes a plan from the given options, and otherwise from the ledger. */

import { exact, ONE, ZERO } from '../domain/exact.ts';
import { planNewStack } from '../economics/ahead/planAhead.ts';
import type { PlannedRequest } from '../economics/ahead/wish.ts';
import type { AssumedRange } from '../economics/input.ts';
import { withRefusalsInWords } from '../report/copy/overrideRefusals.ts';
import { type PlanDocument, toPlanDocument } from './planDocument.ts';
import { findPlanLabor } from './planPeople.ts';
import { findPlanGpus, findPlanHostedPrices, type PlanContext } from './planPrices.ts';
import type { PlanRequest } from './planRequest.ts';

/** Options take precedence over the ledger; without a context there are only options. */
export async function computePlan(
  request: PlanRequest,
  context?: PlanContext,
): Promise<PlanDocument> {
  const { labor, basis } = findPlanLabor(request, context?.config.labor);
  const hosts = await findPlanHostedPrices(request, context);
  const { model, tokensPerDay, burstiness, outputShare, cachedShare, headroom } = request;
  const terms: PlannedRequest = {
    model,
    tokensPerDay,
    burstiness,
    outputShare,
    cachedShare,
    headroom,
    ...hosts,
    gpus: await findPlanGpus(request, context),
    cacheRealization: context?.config.policy.cacheRealization ?? HALF,
    ...(labor === undefined ? {} : { labor }),
  };
  const answer = withRefusalsInWords(() => planNewStack(terms));
  const isWhole = labor === undefined || hasHostedHours(request, context);
  const unknown = isWhole ? [] : [{ code: 'hosting-hours' } as const];
  return toPlanDocument(terms, { ...answer, missing: [...answer.missing, ...unknown] }, basis);
}

function hasHostedHours({ hostedHours }: PlanRequest, context: PlanContext): boolean {
  return hostedHours !== undefined || context !== undefined;
}

const HALF: AssumedRange = { low: ZERO, base: exact(1n, 2n), high: ONE };
