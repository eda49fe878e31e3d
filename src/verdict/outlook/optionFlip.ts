/** Finds the day on which one option of one deployment starts or stops saving money. */

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

/**
 * Whether the result can turn. A saving that grows stays a saving, and a loss that grows stays a
 * loss.
 */
export function canTurn(today: boolean, heading: Heading): boolean {
  return heading === 'mixed' || heading === (today ? 'down' : 'up');
}

/**
 * False for a hybrid with always-on replicas that alone cost as much as keeping: it can never save
 * money.
 */
export function canPay({ deployment, heading }: Forecast, choice: Choice): boolean {
  if (!canTurn(false, heading(choice))) return false;
  if (choice !== 'hybrid') return true;
  return savingOf(deployment, choice, { ...AT_BASE, hostedPrice: ZERO }).num > 0n;
}
