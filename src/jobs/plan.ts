/** Makes a plan from the given options, and otherwise from the ledger. */

import { exact, type Exact, multiply, ONE, ZERO } from '../domain/exact.ts';
import { planNewStack } from '../economics/planned/planNewStack.ts';
import type { PlannedRequest } from '../economics/planned/request.ts';
import type { AssumedRange, LaborInput, LaborSide } from '../economics/input.ts';
import { withRefusalsInWords } from '../report/copy/overrideRefusals.ts';
import {
  type HoursBasis,
  type PlanDocument,
  type PlanRequest,
  toPlanDocument,
} from './planDocument.ts';
import { findPlanGpus, findPlanHostedPrices, type PlanContext } from './planPrices.ts';
import type { LaborConfig, LaborSideConfig } from '../config/config.ts';

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

const MONTH_OF_QUARTER = exact(1n, 3n);
const SERVERLESS_SHARE = exact(3n, 5n);
const NONE: LaborSide = side(ZERO, ZERO);

/** Returns nothing if no hours are known: an unknown hour is not zero. */
function findPlanLabor(
  { opsHours, hostedHours, laborRate }: PlanRequest,
  config: LaborConfig | undefined,
): { labor?: LaborInput; basis?: HoursBasis } {
  const rate = laborRate ?? config?.loadedUsdPerHour;
  const selfHosted = givenSide(opsHours) ?? monthlySide(config?.selfHosted);
  if (rate === undefined || selfHosted === undefined) return {};
  const isGiven = opsHours !== undefined && laborRate !== undefined;
  const basis = isGiven ? 'given' : config?.stated === true ? 'config' : 'assumed';
  const labor: LaborInput = {
    loadedUsdPerHour: rate,
    selfHosted,
    hosted: givenSide(hostedHours) ?? monthlySide(config?.hosted) ?? NONE,
    serverlessShare: config?.serverlessShare ?? SERVERLESS_SHARE,
    basis: 'assumed',
  };
  return { labor, basis };
}

/** Hours for this one model. */
function givenSide(hours: Exact | undefined): LaborSide | undefined {
  return hours && side(ZERO, hours);
}

function monthlySide(config: LaborSideConfig | undefined): LaborSide | undefined {
  if (config === undefined) return undefined;
  const month = (hours: Exact) => multiply(hours, MONTH_OF_QUARTER);
  return side(month(config.fixedHours.base), month(config.hoursPerDeployment.base));
}

function side(fixed: Exact, own: Exact): LaborSide {
  return { fixedHours: exactRange(fixed), hoursPerDeployment: exactRange(own) };
}

function exactRange(hours: Exact) {
  return { low: hours, base: hours, high: hours };
}
