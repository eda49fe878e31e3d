/** Decides which of several metrics with the same fact is used at each time of a process. */

import { MINUTE_MS } from '../../domain/period.ts';
import type { MergedCounter } from './mergeCopies.ts';
import type { CountedFact } from './record.ts';
import { numberAt, countUpTo, sliceSamples } from './samples.ts';

/** A counter without samples for longer has stopped. */
const STOPPED_MS = 5 * MINUTE_MS;

const TOKENS: readonly CountedFact[] = ['prompt', 'output'];

/**
 * The metric with the lowest choice provides its fact from its first sample to its last. Other
 * metrics repeat the fact meanwhile, and provide it before and after. A server that is upgraded in
 * place, or downgraded again, therefore counts each token once.
 */
export function choosePreferred(counters: readonly MergedCounter[]): MergedCounter[] {
  const usable = withoutIncomplete(counters.filter(({ counter }) => counter.timesMs.length > 0));
  return usable.flatMap((each) => {
    const better = usable.filter(({ fact, choice }) => fact === each.fact && choice < each.choice);
    return better.length === 0 ? [each] : outsideOf(each, better);
  });
}

/** The parts of a counter before and after the better ones. */
function outsideOf(each: MergedCounter, better: readonly MergedCounter[]): MergedCounter[] {
  const { timesMs } = each.counter;
  const times = better.map(({ counter }) => counter.timesMs);
  const firstMs = Math.min(...times.map((column) => numberAt(column, 0)));
  const lastMs = Math.max(...times.map((column) => numberAt(column, column.length - 1)));
  const before = countUpTo(timesMs, firstMs - 1);
  const parts: MergedCounter[] = [{ ...each, counter: sliceSamples(each.counter, 0, before) }];
  if (numberAt(timesMs, timesMs.length - 1) > lastMs + STOPPED_MS) {
    const from = Math.max(0, countUpTo(timesMs, lastMs) - 1);
    const counter = sliceSamples(each.counter, from, timesMs.length);
    parts.push({ ...each, counter, goesOn: true });
  }
  return parts.filter(({ counter }) => counter.timesMs.length > 0);
}

/**
 * Leaves out a better metric in three cases:
 *
 * - It has only one of prompt and output, while another has both.
 * - It lacks cached tokens that another has counted.
 * - It does not attribute its tokens, and another does.
 */
function withoutIncomplete(counters: readonly MergedCounter[]): MergedCounter[] {
  const tokens = counters.filter(({ fact }) => TOKENS.includes(fact));
  const choices = [...new Set(tokens.map(({ choice }) => choice))].sort((a, b) => a - b);
  const countersOf = (choice: number) => counters.filter((each) => each.choice === choice);
  const complete = choices.filter((choice) => hasBoth(countersOf(choice)));
  const [best, ...others] = complete.length > 0 ? complete : choices;
  const rest = others.flatMap(countersOf);
  const bestLacksDetail =
    best !== undefined &&
    ((hasParts(rest) && !hasParts(countersOf(best))) ||
      (hasCounted(rest, 'cached') && !has(countersOf(best), 'cached')));
  const incomplete = choices.filter((choice) => {
    if (complete.length > 0 && !complete.includes(choice)) return true;
    return bestLacksDetail && choice === best;
  });
  if (incomplete.length === 0) return [...counters];
  const metrics = new Set(
    tokens.filter(({ choice }) => incomplete.includes(choice)).map(({ metric }) => metric),
  );
  return counters.filter(({ metric }) => !metrics.has(metric));
}

function hasBoth(counters: readonly MergedCounter[]): boolean {
  return TOKENS.every((fact) => has(counters, fact));
}

function has(counters: readonly MergedCounter[], fact: CountedFact): boolean {
  return counters.some((each) => each.fact === fact);
}

function hasCounted(counters: readonly MergedCounter[], fact: CountedFact): boolean {
  return counters.some(
    ({ fact: counterFact, counter: { values } }) =>
      counterFact === fact && numberAt(values, values.length - 1) > 0,
  );
}

function hasParts(counters: readonly MergedCounter[]): boolean {
  return counters.some(({ fact, part }) => TOKENS.includes(fact) && part !== undefined);
}
