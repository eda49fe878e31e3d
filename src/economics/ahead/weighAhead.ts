/** Knows a planned month once it is weighed, and what each of its options costs. */

import { add, divide, exactInteger, multiply } from '../../domain/exact.ts';
import { invariant } from '../../domain/invariant.ts';
import type { Choice } from '../offer.ts';
import { offerOf, optionCost } from '../options.ts';
import { planUsd } from '../plan.ts';
import type { DeploymentEconomics, StackEconomics } from '../result.ts';
import { weighStack } from '../stack.ts';
import { usdPerMtok } from '../usage/use.ts';
import type { AheadOption } from './answer.ts';
import { AHEAD_ID, type Rented, stackAhead } from './stackAhead.ts';
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
  said: Pick<AheadOption, 'name' | 'gpu' | 'from'>,
): AheadOption | undefined {
  const cost = optionCost(deployment, choice);
  const { tokens } = deployment.served;
  const usd = cost && add(cost.infraUsd, cost.hostedUsd);
  const perMtok = usd && usdPerMtok(usd, tokens);
  if (usd === undefined || perMtok === undefined) return undefined;
  const all = planUsd(stack, [{ deployment: AHEAD_ID, choice }]);
  return {
    ...said,
    usd,
    ...(wish.labor === undefined ? {} : { withPeopleUsd: all }),
    usdPerMtok: perMtok,
    ...useOf(deployment, choice),
  };
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
