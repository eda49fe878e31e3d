/** A planned month once it is weighed, and what each of its options costs. */

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
  readonly wish: AheadWish;
  readonly stack: StackEconomics;
  readonly deployment: DeploymentEconomics;
}

export function weighMonth(wish: AheadWish, gpu: AheadGpu, rented?: Rented): WeighedMonth {
  const stack = weighStack(stackAhead(wish, gpu, rented));
  const deployment = stack.deployments.find(({ id }) => id === AHEAD_ID);
  invariant(deployment !== undefined, 'the one deployment of the month is weighed');
  return { wish, stack, deployment };
}

/** `undefined` where the economics do not know its price. */
export function optionAhead(
  { wish, stack, deployment }: WeighedMonth,
  choice: Choice,
  said: Pick<AheadOption, 'code' | 'gpu' | 'from'>,
): AheadOption | undefined {
  const cost = optionCost(deployment, choice);
  const { tokens } = deployment.served;
  if (cost === undefined) return undefined;
  const usd = add(cost.infraUsd, cost.hostedUsd);
  const perMtok = usdPerMtok(usd, tokens);
  if (perMtok === undefined) return undefined;
  const all = planUsd(stack, [{ deployment: AHEAD_ID, choice }]);
  return {
    ...said,
    usd,
    ...(choice === 'hybrid' ? { overflowUsd: cost.hostedUsd } : {}),
    ...(wish.labor === undefined ? {} : { withPeopleUsd: all }),
    usdPerMtok: perMtok,
    ...(choice === 'hybrid' ? hybridUse(wish, deployment) : useOf(deployment, choice)),
  };
}

/** What so many pods hold in each hour over what they could: the rest is the API's. */
function hybridUse(wish: AheadWish, deployment: DeploymentEconomics) {
  const replicas = offerOf(deployment, 'hybrid')?.detail.replicas;
  const { capacity } = deployment;
  if (replicas === undefined || capacity === undefined) return {};
  const most = multiply(capacity.tokensPerSecond, exactInteger(replicas * 3600));
  const held = tokensByHour(wish).map((tokens) => smaller(exactInteger(tokens), most));
  const utilization = divide(sum(held), multiply(most, exactInteger(held.length)));
  return { replicas, utilization };
}

/** Of what is paid for: all pods, those of each hour, or the workers' time. */
function useOf(deployment: DeploymentEconomics, choice: Choice) {
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
