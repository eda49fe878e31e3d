/** What is said of a deployment that the decision on the stack treats otherwise than alone. */

import { dollars } from '../../domain/digits.ts';
import { doing, percent } from '../words.ts';
import { fromDouble } from '../document/printed.ts';
import type { Decided, HeldBack } from './decided.ts';
import type { Side } from './side.ts';

/** One sentence or two; none where its own verdict is what is decided. */
export function decidedReasons(decided: Decided, side: Side): string[] {
  if (decided.because === 'with-the-plan') return [withThePlan(decided, side)];
  return decided.heldBack === undefined ? [] : [heldBackText(decided.heldBack, side)];
}

function withThePlan({ alone }: Decided, { planned, drawn }: Side): string {
  const odds = drawn?.withLabor;
  const saving = dollars(planned.savingUsd);
  const sure =
    odds === undefined ? '' : ` (${percent(fromDouble(odds.probability), 'floor')} likely)`;
  return (
    `It is changed with the plan for the whole stack, which saves ${saving}${sure}; ` +
    `alone, its verdict is "${alone}".`
  );
}

function heldBackText({ option, savingUsd, because }: HeldBack, { planned }: Side): string {
  const alone = `Alone, ${doing(option)} would save ${dollars(savingUsd)}.`;
  const saving = dollars(planned.savingUsd);
  return `${alone} It is kept, because ${OBSTACLES[because](saving)}.`;
}

const OBSTACLES: Readonly<Record<HeldBack['because'], (saving: string) => string>> = {
  'too-small': (saving) =>
    `the best plan for the whole stack saves ${saving}, too little to act on`,
  'not-certain': (saving) =>
    `the best plan for the whole stack, saving ${saving}, is not certain enough to act on`,
  reversal: () =>
    'the best plan for the whole stack reverses the standing answer and must hold for another ' +
    'quarter',
  'no-evidence': () => 'there is not enough evidence for a decision on the whole stack',
  'fixed-labor': () =>
    'the engineering time that any hosting takes costs more than hosting would save',
};
