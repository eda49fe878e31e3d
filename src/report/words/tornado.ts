/** Knows what the plan saves with each input at the ends of its range: the widest first. */

import { decimal, parseExact } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import type { Sensitivity } from '../../verdict/auditDecision.ts';
import { dollars } from '../format.ts';
import { shownText } from '../label.ts';
import { inputWords } from './inputs.ts';
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

function rowOf(effect: Sensitivity): TableRow {
  const { name, low, high } = effectWords(effect);
  const ends = [effect.savingAtLowUsd, effect.savingAtHighUsd];
  const savings = ends.map((saving) => dollars(decimal(saving)));
  return { cells: [name, `${low} to ${high}`, ...savings], note: '' };
}

/** An input by name, and the ends of its range in its unit. */
export function effectWords({ input, low, high }: Sensitivity) {
  const { label } = inputWords(input);
  return { name: capital(label), low: endText(input, low), high: endText(input, high) };
}

/** A figure in its input's unit; what is no figure is told as it stands. */
function endText(input: string, value: string): string {
  const figure = parseExact(value);
  return figure === undefined ? shownText(value, 24) : inputWords(input).amount(figure);
}
