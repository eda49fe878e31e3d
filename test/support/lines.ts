/** The charges of an input that holds them one by one, as every input of a test does. */

import type { Charge } from '../../src/domain/charge.ts';
import type { StackInput } from '../../src/economics/input.ts';

export function linesOf({ charges }: StackInput): readonly Charge[] {
  if ('accounts' in charges) throw new Error('the charges of this input are put together');
  return charges;
}
