/** What is pulled before an audit: the whole bill of the quarter, and all that is missing. */

import { instantText, parseQuarter, type Period, period, quarterPeriod } from '../domain/period.ts';
import { factsOf, type RhythmSource, sourcesOf, type Told } from '../domain/rhythm.ts';
import { type PulledWindow, uncovered } from '../domain/work.ts';
import type { JobContext } from './context.ts';
import type { Task } from './engine.ts';
import { rhythmOf } from './rhythm.ts';

/**
 * Of each bill the whole quarter, for lines come late and are restated. Of usage only the windows
 * that no pull covered: an old window that is asked again may have been thinned out meanwhile.
 */
export async function quarterPulls(context: JobContext, quarter: string): Promise<Task[]> {
  const { clock, config, ledger } = context;
  const startMonth = config.fiscal.startMonth;
  const window = quarterPeriod(parseQuarter(quarter, clock.nowMs(), startMonth), startMonth);
  const { sources } = rhythmOf(context);
  const pulled = await ledger.pulledWindows();
  return [
    ...sourcesOf('bills', sources).map((source) =>
      taskOf(source, factsOf('bills', source), window),
    ),
    ...sourcesOf('usage', sources)
      .filter((source) => source.tells.includes('usage'))
      .flatMap((source) =>
        uncovered(window, windowsOf(source, pulled)).map((gap) => taskOf(source, ['usage'], gap)),
      ),
  ];
}

function windowsOf({ id }: RhythmSource, pulled: readonly PulledWindow[]): Period[] {
  return pulled
    .filter(({ source, fact }) => source === id && fact === 'usage')
    .map(({ window }) => period(window.startMs, window.endMs));
}

function taskOf({ id }: RhythmSource, facts: readonly Told[], window: Period): Task {
  const from = instantText(window.startMs);
  const to = instantText(window.endMs);
  // Gaps are filled from their start on: named by their end, they keep their name meanwhile.
  return {
    key: `${id}/${facts.join('+')}/${to}`,
    name: 'pull',
    payload: { source: id, from, to, facts },
  };
}
