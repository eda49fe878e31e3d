/** Where several metrics of a process tell the same fact, which one is believed when. */

import { MINUTE_MS } from '../../domain/period.ts';
import type { MergedCounter } from './merge.ts';
import type { CountedFact } from './record.ts';
import { at, countUpTo, samplesIn } from './samples.ts';

/** A counter that is silent for longer has gone. */
const GONE_MS = 5 * MINUTE_MS;

const TOKENS: readonly CountedFact[] = ['prompt', 'output'];

/**
 * The metric with the lowest choice tells its fact from its first sample to its last; the others
 * repeat it there, and tell what was before and what comes after it has gone. So a server that is
 * upgraded in place, or back, counts each token once.
 */
export function chosenOf(counters: readonly MergedCounter[]): MergedCounter[] {
  const usable = withoutTorn(counters.filter(({ counter }) => counter.timesMs.length > 0));
  return usable.flatMap((each) => {
    const better = usable.filter(({ fact, choice }) => fact === each.fact && choice < each.choice);
    return better.length === 0 ? [each] : aroundOf(each, better);
  });
}

/** What a counter tells before and after the better ones. */
function aroundOf(each: MergedCounter, better: readonly MergedCounter[]): MergedCounter[] {
  const { timesMs } = each.counter;
  const times = better.map(({ counter }) => counter.timesMs);
  const firstMs = Math.min(...times.map((column) => at(column, 0)));
  const lastMs = Math.max(...times.map((column) => at(column, column.length - 1)));
  const before = countUpTo(timesMs, firstMs - 1);
  const parts: MergedCounter[] = [{ ...each, counter: samplesIn(each.counter, 0, before) }];
  if (at(timesMs, timesMs.length - 1) > lastMs + GONE_MS) {
    const from = Math.max(0, countUpTo(timesMs, lastMs) - 1);
    const counter = samplesIn(each.counter, from, timesMs.length);
    parts.push({ ...each, counter, goesOn: true });
  }
  return parts.filter(({ counter }) => counter.timesMs.length > 0);
}

/**
 * A better metric is left out where it tells only one of prompt and output and another tells both,
 * where it lacks the cached tokens that another has counted, and where it does not say whose the
 * tokens are and another does.
 */
function withoutTorn(counters: readonly MergedCounter[]): MergedCounter[] {
  const tokens = counters.filter(({ fact }) => TOKENS.includes(fact));
  const choices = [...new Set(tokens.map(({ choice }) => choice))].sort((a, b) => a - b);
  const of = (choice: number) => counters.filter((each) => each.choice === choice);
  const whole = choices.filter((choice) => tellsBoth(of(choice)));
  const [best, ...others] = whole.length > 0 ? whole : choices;
  const rest = others.flatMap(of);
  const lacks =
    best !== undefined &&
    ((isParted(rest) && !isParted(of(best))) ||
      (counted(rest, 'cached') && !has(of(best), 'cached')));
  const torn = choices.filter((choice) => {
    if (whole.length > 0 && !whole.includes(choice)) return true;
    return lacks && choice === best;
  });
  if (torn.length === 0) return [...counters];
  const metrics = new Set(
    tokens.filter(({ choice }) => torn.includes(choice)).map(({ metric }) => metric),
  );
  return counters.filter(({ metric }) => !metrics.has(metric));
}

function tellsBoth(counters: readonly MergedCounter[]): boolean {
  return TOKENS.every((fact) => has(counters, fact));
}

function has(counters: readonly MergedCounter[], fact: CountedFact): boolean {
  return counters.some((each) => each.fact === fact);
}

function counted(counters: readonly MergedCounter[], fact: CountedFact): boolean {
  return counters.some(
    ({ fact: told, counter: { values } }) => told === fact && at(values, values.length - 1) > 0,
  );
}

function isParted(counters: readonly MergedCounter[]): boolean {
  return counters.some(({ fact, part }) => TOKENS.includes(fact) && part !== undefined);
}
