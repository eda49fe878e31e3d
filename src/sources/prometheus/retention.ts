/** How far back a server can be asked: by its settings, else by the oldest sample it still has. */

import { z } from 'zod';
import { DAY_MS, HOUR_MS, MINUTE_MS, type Period, SECOND_MS } from '../../domain/period.ts';
import { wishFault } from '../../domain/usageWish.ts';
import { readWire } from '../../platform/wire.ts';
import { engineOf, metricNames, PROCESS_START } from '../engines/engine.ts';
import type { Retention, UsageTarget } from '../source.ts';
import { answerFields, openAnswer } from './answer.ts';
import { ask, type Reading, type Server } from './asking.ts';
import { type Backend, backendAt } from './backend.ts';
import { secondsText } from './questions.ts';
import { namesQuery } from './selector.ts';

/** The longest quarter. */
const QUARTER_MS = 92 * DAY_MS;

const runtime = z.object({ storageRetention: z.string().nullish() });
const runtimeReading: Reading<string> = {
  fields: answerFields(runtime),
  read(kept, where) {
    const { data, warnings } = openAnswer(kept, where);
    return { value: readWire(runtime, data, where).storageRetention ?? '', warnings };
  },
};

const labels = z.array(z.record(z.string(), z.string()));
const seriesReading: Reading<boolean> = {
  fields: answerFields(labels),
  read(kept, where) {
    const { data, warnings } = openAnswer(kept, where);
    return { value: readWire(labels, data, where).length > 0, warnings };
  },
};

/**
 * By `/api/v1/status/runtimeinfo`, which Prometheus answers, else by looking for the first day that
 * has series of one of the deployments. `undefined` where there are none, or the server does not
 * answer: what is wrong then the pull says.
 */
export async function retention(
  server: Server,
  usage: readonly UsageTarget[],
): Promise<Retention | undefined> {
  const nowMs = server.tools.clock.nowMs();
  const window = { startMs: nowMs - QUARTER_MS, endMs: nowMs };
  const about = { kind: 'prometheus.retention', about: 'retention', window };
  const asked = { ...about, segments: ['status', 'runtimeinfo'], query: {} };
  const reply = await ask(server, asked, runtimeReading);
  const keepsMs = reply.ok ? durationIn(reply.value) : undefined;
  if (keepsMs !== undefined) return { keepsMs, told: 'settings' };
  const readable = usage.filter((target) => wishFault(target) === undefined);
  const ages = await Promise.all(readable.map((target) => oldestOf(server, target, window)));
  const known = ages.filter((age) => age !== undefined);
  return known.length === 0 ? undefined : { keepsMs: Math.max(...known), told: 'oldest sample' };
}

const UNITS: Readonly<Record<string, number>> = {
  y: 365 * DAY_MS,
  w: 7 * DAY_MS,
  d: DAY_MS,
  h: HOUR_MS,
  m: MINUTE_MS,
  s: SECOND_MS,
};

/** `15d`, `1y6w`, `15d or 10GiB`: the time of it; a limit on size alone tells none. */
function durationIn(text: string): number | undefined {
  const [told = ''] = /^(?:\d+[ywdhms])+(?= |$)/.exec(text) ?? [];
  const parts = [...told.matchAll(/(\d+)([ywdhms])/g)];
  const sumMs = parts.reduce((sum, [, count, unit = 's']) => {
    return sum + Number(count) * (UNITS[unit] ?? 0);
  }, 0);
  return sumMs > 0 ? sumMs : undefined;
}

/** A question about more than 40 days is answered by VictoriaMetrics without a look at the time. */
const LONGEST_MS = 31 * DAY_MS;

/** How old the oldest day is that has series of it, to the day; in eight questions. */
async function oldestOf(
  server: Server,
  target: UsageTarget,
  { startMs, endMs }: Period,
): Promise<number | undefined> {
  const asking = { server, target, backend: backendAt(server.options) };
  for (let fromMs = startMs; fromMs < endMs; fromMs += LONGEST_MS) {
    let [none, some] = [fromMs, Math.min(fromMs + LONGEST_MS, endMs)];
    if (!(await isThere(asking, { startMs: fromMs, endMs: some }))) continue;
    while (some - none > DAY_MS) {
      const middle = none + Math.floor((some - none) / 2);
      if (await isThere(asking, { startMs: fromMs, endMs: middle })) some = middle;
      else none = middle;
    }
    return endMs - none;
  }
  return undefined;
}

interface Asking {
  readonly server: Server;
  readonly target: UsageTarget;
  readonly backend: Backend;
}

/** Are there series of the deployment in the time? */
async function isThere({ server, target, backend }: Asking, window: Period): Promise<boolean> {
  const names = metricNames(engineOf(target)).filter((name) => name !== PROCESS_START);
  const asked = backend.exactNames ? names.map((name) => [name]) : [names];
  const reply = await ask(
    server,
    {
      kind: 'prometheus.retention',
      about: target.deployment,
      window,
      segments: ['series'],
      query: {
        'match[]': asked.map((some) => namesQuery(target, some)),
        start: secondsText(window.startMs),
        end: secondsText(window.endMs),
        ...backend.parameters,
      },
    },
    seriesReading,
  );
  return reply.ok && reply.value;
}
