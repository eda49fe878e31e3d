/** Makes a plan from the given options, and otherwise from the ledger. */

import { exact, ONE, ZERO } from '../domain/exact.ts';
import { planAhead } from '../economics/ahead/planAhead.ts';
import type { AheadWish } from '../economics/ahead/wish.ts';
import type { Range } from '../economics/input.ts';
import { withRefusalsInWords } from '../report/copy/overrideRefusals.ts';
import { type PlanDocument, planDocument } from './planDocument.ts';
import { peopleOf } from './planPeople.ts';
import { gpusOf, hostsOf, type Known } from './planPrices.ts';
import type { PlanRequest } from './planRequest.ts';

/** Options take precedence over the ledger; without a context there are only options. */
export async function planAnswer(request: PlanRequest, context?: Known): Promise<PlanDocument> {
  const { labor, basis } = peopleOf(request, context?.config.labor);
  const hosts = await hostsOf(request, context);
  const { model, tokensPerDay, burstiness, outputShare, cachedShare, headroom } = request;
  const terms: AheadWish = {
    model,
    tokensPerDay,
    burstiness,
    outputShare,
    cachedShare,
    headroom,
    ...hosts,
    gpus: await gpusOf(request, context),
    cacheRealization: context?.config.policy.cacheRealization ?? HALF,
    ...(labor === undefined ? {} : { labor }),
  };
  const answer = withRefusalsInWords(() => planAhead(terms));
  const isWhole = labor === undefined || hasHostedHours(request, context);
  const unknown = isWhole ? [] : [{ code: 'hosting-hours' } as const];
  return planDocument(terms, { ...answer, missing: [...answer.missing, ...unknown] }, basis);
}

function hasHostedHours({ hostedHours }: PlanRequest, context: Known): boolean {
  return hostedHours !== undefined || context !== undefined;
}

const HALF: Range = { low: ZERO, base: exact(1n, 2n), high: ONE };
