/** Knows what the plan saves with each input at the ends of its range: the widest first. */

import { decimal } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import type { Sensitivity } from '../../verdict/auditDecision.ts';
import { dollars } from '../format.ts';
import { endText, inputWords } from './inputs.ts';
import { capital } from './plan.ts';
import { known } from './reading.ts';
import type { Table, TableRow } from './table.ts';

const MOST_INPUTS = 8;

/** None where no plan changes anything, for nothing moves its saving then. */
export function tornadoOf({ sensitivity, stack }: Audit): Table[] {
  if (sensitivity.length === 0) return [];
  const now = known(stack.savingUsd.base);
  const saving = now === undefined ? 'The saving' : `The saving, now ${dollars(now)},`;
  const left = sensitivity.length - MOST_INPUTS;
  return [
    {
      title: `${saving} with one input at an end of its range`,
      head: ['Input', 'Low to high', 'Saving at low', 'Saving at high'],
      rows: sensitivity.slice(0, MOST_INPUTS).map(rowOf),
      foot: left > 0 ? `And ${left} more, in report.json.` : '',
    },
  ];
}

function rowOf({ input, low, high, savingAtLowUsd, savingAtHighUsd }: Sensitivity): TableRow {
  const { label } = inputWords(input);
  const range = `${endText(input, low)} to ${endText(input, high)}`;
  const savings = [savingAtLowUsd, savingAtHighUsd].map((saving) => dollars(decimal(saving)));
  return { cells: [capital(label), range, ...savings], note: '' };
}
