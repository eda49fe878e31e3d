/**
 * Plans the pulls before an audit: the whole bill of the quarter, and all usage that is missing.
 */

import { instantText, parseQuarter, type Period, period, quarterPeriod } from '../domain/period.ts';
import {
  factsForLine,
  type ScheduledSource,
  sourcesForLine,
  type SourceFactKind,
} from '../domain/rhythm.ts';
import { type PulledWindow, uncoveredPeriods } from '../domain/work.ts';
import type { JobContext } from './context.ts';
import type { Task } from './engine.ts';
import { toSchedule } from './rhythm.ts';

/**
 * Bills are pulled for the whole quarter, because charges arrive late and are restated. Usage is
 * pulled only for windows that no pull covered: older data may have been downsampled since.
 */
export async function planQuarterPulls(context: JobContext, quarter: string): Promise<Task[]> {
  const { clock, config, ledger } = context;
  const startMonth = config.fiscal.startMonth;
  const window = quarterPeriod(parseQuarter(quarter, clock.nowMs(), startMonth), startMonth);
  const { sources } = toSchedule(context);
  const pulled = await ledger.pulledWindows();
  return [
    ...sourcesForLine('bills', sources).map((source) =>
      taskOf(source, factsForLine('bills', source), window),
    ),
    ...sourcesForLine('usage', sources)
      .filter((source) => source.provides.includes('usage'))
      .flatMap((source) =>
        uncoveredPeriods(window, windowsOf(source, pulled)).map((gap) =>
          taskOf(source, ['usage'], gap),
        ),
      ),
  ];
}

function windowsOf({ id }: ScheduledSource, pulled: readonly PulledWindow[]): Period[] {
  return pulled
    .filter(({ source, fact }) => source === id && fact === 'usage')
    .map(({ window }) => period(window.startMs, window.endMs));
}

function taskOf({ id }: ScheduledSource, facts: readonly SourceFactKind[], window: Period): Task {
  const from = instantText(window.startMs);
  const to = instantText(window.endMs);
  // Gaps are filled from their start: a key with the end of the gap stays the same meanwhile.
  return {
    key: `${id}/${facts.join('+')}/${to}`,
    name: 'pull',
    payload: { source: id, from, to, facts },
  };
}
