/** Knows the same economics with nobody's hours in it. */

import { ZERO } from '../domain/exact.ts';
import type { Range } from '../economics/input.ts';
import type { StackEconomics } from '../economics/result.ts';

const NOTHING: Range = { low: ZERO, base: ZERO, high: ZERO };

export function withoutLabor(economics: StackEconomics): StackEconomics {
  const none = { selfHosted: NOTHING, hosted: NOTHING };
  return {
    ...economics,
    labor: { ...economics.labor, ...none },
    deployments: economics.deployments.map((each) => ({ ...each, labor: none })),
  };
}
