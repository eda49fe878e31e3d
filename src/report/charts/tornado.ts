/** Plans the tornado chart: the effect of each single input on the saving, largest first. */

import { compare, decimal, type Exact, larger, negate, smaller, ZERO } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import type { AuditSensitivity } from '../../verdict/auditDecision.ts';
import { counted, dollars } from '../format.ts';
import { effectLabel, effectRange } from '../words/inputs.ts';
import { perPeriod } from '../words/period.ts';
import { capital } from '../copy/figures.ts';
import { isPlanMade, knownAmount } from '../words/reading.ts';
import { type ChartPlan, chartNames } from './chart.ts';
import { type TornadoEffect, tornadoSpec } from './tornadoSpec.ts';
import type { Reader } from '../locale.ts';

const NAMES = chartNames('tornado');

/** Maximum number of inputs. Further ones barely change the saving. */
const MOST_INPUTS = 7;

/**
 * Effects on the plan's saving. If the plan keeps everything, on that of the cheapest change, whose
 * own saving the audit does not state.
 */
export function planTornadoChart(audit: Audit, reader: Reader): ChartPlan {
  const effects = audit.sensitivity.slice(0, MOST_INPUTS).map((each) => effectOf(each, reader));
  const [widest] = effects;
  if (widest === undefined) {
    const title = 'No single input is known to change the saving';
    return { ...NAMES, title, alt: `${title}.` };
  }
  const isKept = audit.stack.bestPlan.every(({ option }) => option === 'keep');
  const now = isKept ? undefined : knownAmount(audit.stack.savingUsd.base);
  const title = isKept ? keptTitle(effects, reader) : changedTitle(effects, widest, reader);
  const subtitle = subtitleOf(audit, { isKept, now }, reader);
  const alt =
    `${title}. ${subtitle.join(' ')} ` +
    `${effects.map((each) => inWords(each, reader)).join('; ')}.`;
  const base = now === undefined ? {} : { now };
  return {
    ...NAMES,
    title,
    alt,
    spec: tornadoSpec({ effects: effects.map(titled), ...base }, { title, subtitle }, reader),
  };
}

function effectOf(sensitivity: AuditSensitivity, reader: Reader): TornadoEffect {
  const atLow = decimal(sensitivity.savingAtLowUsd);
  const atHigh = decimal(sensitivity.savingAtHighUsd);
  const { low, high } = effectRange(sensitivity, reader);
  return { name: effectLabel(sensitivity), low, high, atLow, atHigh };
}

function titled(effect: TornadoEffect): TornadoEffect {
  return { ...effect, name: capital(effect.name) };
}

const leastOf = ({ atLow, atHigh }: TornadoEffect) => smaller(atLow, atHigh);
const mostOf = ({ atLow, atHigh }: TornadoEffect) => larger(atLow, atHigh);

/** Title for a planned change: whether a single input could turn the saving into a loss. */
function changedTitle(
  effects: readonly TornadoEffect[],
  widest: TornadoEffect,
  reader: Reader,
): string {
  const losing = effects.filter((effect) => leastOf(effect).num < 0n);
  const worst = losing.toSorted((a, b) => compare(leastOf(a), leastOf(b)))[0];
  if (worst === undefined) {
    const range = `${dollars(leastOf(widest), reader)} to ${dollars(mostOf(widest), reader)}`;
    return `No single input removes the saving. Largest effect: ${widest.name}, ${range}`;
  }
  const loss = `a loss of ${dollars(negate(leastOf(worst)), reader)}`;
  if (losing.length === 1) return `${capital(worst.name)} alone could turn the saving into ${loss}`;
  const several = `${losing.length} of ${counted(effects.length, 'input', reader)} alone`;
  return `${several} could turn the saving into a loss. Largest: ${worst.name}, ${loss}`;
}

/** Title for keeping everything: whether a single input could make a change save money. */
function keptTitle(effects: readonly TornadoEffect[], reader: Reader): string {
  const best = effects.toSorted((a, b) => compare(mostOf(b), mostOf(a)))[0];
  const most = best === undefined ? ZERO : mostOf(best);
  if (best !== undefined && most.num > 0n) {
    const name = capital(best.name);
    return `${name} alone could make a change pay, with a saving of up to ${dollars(most, reader)}`;
  }
  const still = most.num === 0n ? 'as much as' : `${dollars(negate(most), reader)} more than`;
  return `No single input makes a change pay. At best, a change costs ${still} keeping`;
}

interface Standing {
  readonly isKept: boolean;
  readonly now: Exact | undefined;
}

function subtitleOf(audit: Audit, { isKept, now }: Standing, reader: Reader): string[] {
  const period = perPeriod(audit, reader);
  const today = now === undefined ? '' : `, now ${dollars(now, reader)},`;
  const plan = isPlanMade(audit) ? 'the plan saves' : 'the best plan would save';
  const what = isKept
    ? `What the cheapest change would save ${period}`
    : `What ${plan} ${period}${today}`;
  const left = audit.sensitivity.length - MOST_INPUTS;
  return [
    `${what} with one input at an end of its range.`,
    ...(left > 0 ? [`The ${MOST_INPUTS} of ${MOST_INPUTS + left} inputs that move it most.`] : []),
  ];
}

/** `GPU rate −30% to +40%: $11,791 to $29,333`. */
function inWords({ name, low, high, atLow, atHigh }: TornadoEffect, reader: Reader): string {
  return (
    `${capital(name)} ${low} to ${high}: ` +
    `${dollars(atLow, reader)} to ${dollars(atHigh, reader)}`
  );
}
