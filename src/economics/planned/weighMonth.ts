/** Weighs a planned month and prices its options. */

import { add, divide, exactInteger, multiply, smaller, sum } from '../../domain/exact.ts';
import { invariant } from '../../domain/failure.ts';
import type { Choice } from '../offer.ts';
import { findOffer, optionCost } from '../options.ts';
import { planUsd } from '../plan.ts';
import type { DeploymentEconomics, StackEconomics } from '../result.ts';
import { weighStack } from '../stack.ts';
import { usdPerMtok } from '../../domain/money.ts';
import type { PlannedOption } from './result.ts';
import { PLANNED_ID, type RentedPods, plannedInput, plannedTokensByHour } from './plannedInput.ts';
import type { PlannedGpu, PlannedRequest } from './request.ts';

export interface WeighedMonth {
  readonly request: PlannedRequest;
  readonly stack: StackEconomics;
  readonly deployment: DeploymentEconomics;
}

export function weighMonth(
  request: PlannedRequest,
  gpu: PlannedGpu,
  rented?: RentedPods,
): WeighedMonth {
  const stack = weighStack(plannedInput(request, gpu, rented));
  const deployment = stack.deployments.find(({ id }) => id === PLANNED_ID);
  invariant(deployment !== undefined, 'the one deployment of the month is weighed');
  return { request, stack, deployment };
}

/** One option of a weighed month; `undefined` without a price. */
export function plannedOption(
  { request, stack, deployment }: WeighedMonth,
  choice: Choice,
  fields: Pick<PlannedOption, 'code' | 'gpu' | 'from'>,
): PlannedOption | undefined {
  const cost = optionCost(deployment, choice);
  const { tokens } = deployment.served;
  if (cost === undefined) return undefined;
  const usd = add(cost.infraUsd, cost.hostedUsd);
  const perMtok = usdPerMtok(usd, tokens);
  if (perMtok === undefined) return undefined;
  const all = planUsd(stack, [{ deployment: PLANNED_ID, choice }]);
  return {
    ...fields,
    usd,
    ...(choice === 'hybrid' ? { overflowUsd: cost.hostedUsd } : {}),
    ...(request.labor === undefined ? {} : { withEngineeringUsd: all }),
    usdPerMtok: perMtok,
    ...(choice === 'hybrid' ? findHybridUse(request, deployment) : findUse(deployment, choice)),
  };
}

/** Tokens that the replicas serve in each hour over their capacity. The API serves the rest. */
function findHybridUse(request: PlannedRequest, deployment: DeploymentEconomics) {
  const replicas = findOffer(deployment, 'hybrid')?.detail.replicas;
  const { capacity } = deployment;
  if (replicas === undefined || capacity === undefined) return {};
  const most = multiply(capacity.tokensPerSecond, exactInteger(replicas * 3600));
  const held = plannedTokensByHour(request).map((tokens) => smaller(exactInteger(tokens), most));
  const utilization = divide(sum(held), multiply(most, exactInteger(held.length)));
  return { replicas, utilization };
}

/** Utilization of the paid capacity: all replicas, those of each hour, or worker time. */
function findUse(deployment: DeploymentEconomics, choice: Choice) {
  const { capacity, served, time, utilization } = deployment;
  const detail = findOffer(deployment, choice)?.detail;
  if (choice === 'keep') {
    return { replicas: time.mostReplicas, ...(utilization && { utilization }) };
  }
  const hours = detail?.replicaHours ?? detail?.workerHours;
  if (capacity === undefined || hours === undefined || hours.num === 0n) return {};
  const holds = multiply(multiply(hours, exactInteger(3600)), capacity.tokensPerSecond);
  const most = detail?.mostReplicas;
  return {
    utilization: divide(exactInteger(served.tokens), holds),
    ...(most === undefined ? {} : { replicas: most }),
  };
}
