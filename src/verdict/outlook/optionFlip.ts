/** Finds the day on which one option of one deployment starts or stops saving money. */

import { type Exact, ZERO } from '../../domain/exact.ts';
import type { Period } from '../../domain/period.ts';
import type { Choice } from '../../economics/offer.ts';
import { BASE_ASSUMPTIONS } from '../../economics/options.ts';
import { optionSaving } from '../judge/deploymentReasons.ts';
import { findBreakEvenDay } from './flipDay.ts';
import type { Forecast, SavingDirection } from './forecast.ts';
import { middleMs } from './trend.ts';

export function findOptionBreakEvenDay(
  forecast: Forecast,
  choice: Choice,
  window: Period,
): number | undefined {
  const pays = (instantMs: number) => isGain(forecast.savingAt(choice, instantMs));
  const today = pays(middleMs(window));
  if (today === undefined || !canTurn(today, forecast.direction(choice))) return undefined;
  if (!today && !canPay(forecast, choice)) return undefined;
  const turnsOnce = forecast.direction(choice) !== 'mixed';
  return findBreakEvenDay({ endMs: window.endMs, today, pays, turnsOnce });
}

export function isGain(saving: Exact | undefined): boolean | undefined {
  return saving === undefined ? undefined : saving.num > 0n;
}

/**
 * Whether the result can turn. A saving that grows stays a saving, and a loss that grows stays a
 * loss.
 */
export function canTurn(today: boolean, heading: SavingDirection): boolean {
  return heading === 'mixed' || heading === (today ? 'down' : 'up');
}

/**
 * False for a hybrid with always-on replicas that alone cost as much as keeping: it can never save
 * money.
 */
export function canPay({ deployment, direction }: Forecast, choice: Choice): boolean {
  if (!canTurn(false, direction(choice))) return false;
  if (choice !== 'hybrid') return true;
  return optionSaving(deployment, choice, { ...BASE_ASSUMPTIONS, hostedPrice: ZERO }).num > 0n;
}
