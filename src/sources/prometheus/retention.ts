/** Finds how far back a server has data, by its settings or its oldest sample. */

import { z } from 'zod';
import { DAY_MS, HOUR_MS, MINUTE_MS, type Period, SECOND_MS } from '../../domain/period.ts';
import { findUsageFault } from '../../domain/engine.ts';
import { parseResponse } from '../../platform/responseSchemas.ts';
import { toEngineMetrics, metricNames, PROCESS_START } from '../engines/engine.ts';
import type { Retention, UsageTarget } from '../source.ts';
import { toAnswerFields, openAnswer } from './answer.ts';
import { sendQuery, type AnswerReader, type PrometheusServer } from './sendQuery.ts';
import { type Backend, findBackend } from './backend.ts';
import { toUnixSeconds } from './requests.ts';
import { createNamesSelector } from './promql.ts';

/** The longest quarter. */
const QUARTER_MS = 92 * DAY_MS;

const runtime = z.object({ storageRetention: z.string().nullish() });
const runtimeReading: AnswerReader<string> = {
  fields: toAnswerFields(runtime),
  read(kept, where) {
    const { data, warnings } = openAnswer(kept, where);
    return { value: parseResponse(runtime, data, where).storageRetention ?? '', warnings };
  },
};

const labels = z.array(z.record(z.string(), z.string()));
const seriesReading: AnswerReader<boolean> = {
  fields: toAnswerFields(labels),
  read(kept, where) {
    const { data, warnings } = openAnswer(kept, where);
    return { value: parseResponse(labels, data, where).length > 0, warnings };
  },
};

/**
 * Reads `/api/v1/status/runtimeinfo`, which Prometheus has, or else searches for the first day with
 * series of a deployment. `undefined` if there are none or the server does not answer; the pull
 * then reports why.
 */
export async function retention(
  server: PrometheusServer,
  usage: readonly UsageTarget[],
): Promise<Retention | undefined> {
  const nowMs = server.tools.clock.nowMs();
  const window = { startMs: nowMs - QUARTER_MS, endMs: nowMs };
  const common = { kind: 'prometheus.retention', about: 'retention', window };
  const question = { ...common, segments: ['status', 'runtimeinfo'], query: {} };
  const reply = await sendQuery(server, question, runtimeReading);
  const keepsMs = reply.ok ? parseDuration(reply.value) : undefined;
  if (keepsMs !== undefined) return { keepsMs, told: 'settings' };
  const readableTargets = usage.filter((target) => findUsageFault(target) === undefined);
  const ages = await Promise.all(
    readableTargets.map((target) => findOldestAgeMs(server, target, window)),
  );
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

/** Parses the time in `15d`, `1y6w` or `15d or 10GiB`. A size limit alone gives no time. */
function parseDuration(text: string): number | undefined {
  const [duration = ''] = /^(?:\d+[ywdhms])+(?= |$)/.exec(text) ?? [];
  const parts = [...duration.matchAll(/(\d+)([ywdhms])/g)];
  const sumMs = parts.reduce((sum, [, count, unit = 's']) => {
    return sum + Number(count) * (UNITS[unit] ?? 0);
  }, 0);
  return sumMs > 0 ? sumMs : undefined;
}

/** VictoriaMetrics ignores the time of a query for more than 40 days. */
const MAX_QUERY_MS = 31 * DAY_MS;

/** The age in ms of the oldest day with series of the deployment. Takes eight queries. */
async function findOldestAgeMs(
  server: PrometheusServer,
  target: UsageTarget,
  { startMs, endMs }: Period,
): Promise<number | undefined> {
  const context = { server, target, backend: findBackend(server.options) };
  for (let fromMs = startMs; fromMs < endMs; fromMs += MAX_QUERY_MS) {
    let [emptyMs, foundMs] = [fromMs, Math.min(fromMs + MAX_QUERY_MS, endMs)];
    if (!(await hasSeries(context, { startMs: fromMs, endMs: foundMs }))) continue;
    while (foundMs - emptyMs > DAY_MS) {
      const middle = emptyMs + Math.floor((foundMs - emptyMs) / 2);
      if (await hasSeries(context, { startMs: fromMs, endMs: middle })) foundMs = middle;
      else emptyMs = middle;
    }
    return endMs - emptyMs;
  }
  return undefined;
}

interface SeriesContext {
  readonly server: PrometheusServer;
  readonly target: UsageTarget;
  readonly backend: Backend;
}

/** Whether there are series of the deployment in the period. */
async function hasSeries(
  { server, target, backend }: SeriesContext,
  window: Period,
): Promise<boolean> {
  const names = metricNames(toEngineMetrics(target)).filter((name) => name !== PROCESS_START);
  const nameGroups = backend.exactNames ? names.map((name) => [name]) : [names];
  const reply = await sendQuery(
    server,
    {
      kind: 'prometheus.retention',
      about: target.deployment,
      window,
      segments: ['series'],
      query: {
        'match[]': nameGroups.map((group) => createNamesSelector(target, group)),
        start: toUnixSeconds(window.startMs),
        end: toUnixSeconds(window.endMs),
        ...backend.parameters,
      },
    },
    seriesReading,
  );
  return reply.ok && reply.value;
}
