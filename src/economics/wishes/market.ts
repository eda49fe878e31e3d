/** Knows what others ask for the same GPUs when their price moves: rates and serverless alike. */

import { type Exact, multiply } from '../../domain/exact.ts';
import { nanoFromUsd, usd } from '../../domain/money.ts';
import type { StackInput } from '../input.ts';

/** Every rate to the nearest nano-dollar, whenever it held: $1.00 at 40 % more is $1.40. */
export function withMarketRates(input: StackInput, factor: Exact): StackInput {
  return {
    ...input,
    rates: input.rates.map((rate) => ({
      ...rate,
      usdPerGpuHour: nanoFromUsd(multiply(usd(rate.usdPerGpuHour), factor)),
    })),
    deployments: input.deployments.map((deployment) => {
      const { serverless } = deployment;
      if (serverless === undefined) return deployment;
      const usdPerSecond = multiply(serverless.usdPerSecond, factor);
      return { ...deployment, serverless: { ...serverless, usdPerSecond } };
    }),
  };
}
