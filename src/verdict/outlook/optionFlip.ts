/** On which day one option of one deployment begins to pay, or no longer pays. */

import { type Exact, ZERO } from '../../domain/exact.ts';
import type { Period } from '../../domain/period.ts';
import type { Choice } from '../../economics/offer.ts';
import { AT_BASE } from '../../economics/options.ts';
import { savingOf } from '../judge/deploymentReasons.ts';
import { flipDay } from './flipDay.ts';
import type { Forecast, Heading } from './forecast.ts';
import { middleMs } from './trend.ts';

export function optionFlip(forecast: Forecast, choice: Choice, window: Period): number | undefined {
  const pays = (instantMs: number) => isGain(forecast.savingAt(choice, instantMs));
  const today = pays(middleMs(window));
  if (today === undefined || !canTurn(today, forecast.heading(choice))) return undefined;
  if (!today && !canPay(forecast, choice)) return undefined;
  const turnsOnce = forecast.heading(choice) !== 'mixed';
  return flipDay({ endMs: window.endMs, today, pays, turnsOnce });
}

export function isGain(saving: Exact | undefined): boolean | undefined {
  return saving === undefined ? undefined : saving.num > 0n;
}

/** What pays and pays more and more goes on paying; so does what does not, and less and less. */
export function canTurn(today: boolean, heading: Heading): boolean {
  return heading === 'mixed' || heading === (today ? 'down' : 'up');
}

/** A hybrid's machines run always: where they alone cost what keeping does, it never pays. */
export function canPay({ deployment, heading }: Forecast, choice: Choice): boolean {
  if (!canTurn(false, heading(choice))) return false;
  if (choice !== 'hybrid') return true;
  return savingOf(deployment, choice, { ...AT_BASE, hostedPrice: ZERO }).num > 0n;
}
