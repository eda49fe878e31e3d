/** The charges of an input with a list of charges, as in every test. */

import type { Charge } from '../../src/domain/charge.ts';
import type { StackInput } from '../../src/economics/input.ts';

export function listCharges({ charges }: StackInput): readonly Charge[] {
  if ('accounts' in charges) throw new Error('the charges of this input are put together');
  return charges;
}
