/** Weighs a planned month and prices its options. */

import { add, divide, exactInteger, multiply, smaller, sum } from '../../domain/exact.ts';
import { invariant } from '../../domain/invariant.ts';
import type { Choice } from '../offer.ts';
import { offerOf, optionCost } from '../options.ts';
import { planUsd } from '../plan.ts';
import type { DeploymentEconomics, StackEconomics } from '../result.ts';
import { weighStack } from '../stack.ts';
import { usdPerMtok } from '../../domain/money.ts';
import type { AheadOption } from './answer.ts';
import { AHEAD_ID, type Rented, stackAhead, tokensByHour } from './stackAhead.ts';
import type { AheadGpu, AheadWish } from './wish.ts';

export interface WeighedMonth {
  readonly request: AheadWish;
  readonly stack: StackEconomics;
  readonly deployment: DeploymentEconomics;
}

export function weighMonth(request: AheadWish, gpu: AheadGpu, rented?: Rented): WeighedMonth {
  const stack = weighStack(stackAhead(request, gpu, rented));
  const deployment = stack.deployments.find(({ id }) => id === AHEAD_ID);
  invariant(deployment !== undefined, 'the one deployment of the month is weighed');
  return { request, stack, deployment };
}

/** One option of a weighed month; `undefined` without a price. */
export function optionAhead(
  { request, stack, deployment }: WeighedMonth,
  choice: Choice,
  fields: Pick<AheadOption, 'code' | 'gpu' | 'from'>,
): AheadOption | undefined {
  const cost = optionCost(deployment, choice);
  const { tokens } = deployment.served;
  if (cost === undefined) return undefined;
  const usd = add(cost.infraUsd, cost.hostedUsd);
  const perMtok = usdPerMtok(usd, tokens);
  if (perMtok === undefined) return undefined;
  const all = planUsd(stack, [{ deployment: AHEAD_ID, choice }]);
  return {
    ...fields,
    usd,
    ...(choice === 'hybrid' ? { overflowUsd: cost.hostedUsd } : {}),
    ...(request.labor === undefined ? {} : { withPeopleUsd: all }),
    usdPerMtok: perMtok,
    ...(choice === 'hybrid' ? findHybridUse(request, deployment) : findUse(deployment, choice)),
  };
}

/** Tokens that the replicas serve in each hour over their capacity. The API serves the rest. */
function findHybridUse(request: AheadWish, deployment: DeploymentEconomics) {
  const replicas = offerOf(deployment, 'hybrid')?.detail.replicas;
  const { capacity } = deployment;
  if (replicas === undefined || capacity === undefined) return {};
  const most = multiply(capacity.tokensPerSecond, exactInteger(replicas * 3600));
  const held = tokensByHour(request).map((tokens) => smaller(exactInteger(tokens), most));
  const utilization = divide(sum(held), multiply(most, exactInteger(held.length)));
  return { replicas, utilization };
}

/** Utilization of the paid capacity: all replicas, those of each hour, or worker time. */
function findUse(deployment: DeploymentEconomics, choice: Choice) {
  const { capacity, served, time, utilization } = deployment;
  const detail = offerOf(deployment, choice)?.detail;
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
