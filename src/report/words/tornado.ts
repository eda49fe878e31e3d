/** Knows how an input and the ends of its range are called where they move the saving. */

import type { Sensitivity } from '../../verdict/auditDecision.ts';
import { endText, inputWords } from './inputs.ts';
import { capital } from './plan.ts';

/** An input by name, and the ends of its range in its unit. */
export function effectWords({ input, low, high }: Sensitivity) {
  const { label } = inputWords(input);
  return { name: capital(label), low: endText(input, low), high: endText(input, high) };
}
