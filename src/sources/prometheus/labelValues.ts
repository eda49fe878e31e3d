/** Creates the failure of a deployment whose matchers find nothing, with the values that exist. */

import { z } from 'zod';
import { Failure } from '../../domain/failure.ts';
import { instantText, type Period } from '../../domain/period.ts';
import type { Fetched } from '../../domain/provenance.ts';
import { shortText } from '../../platform/json.ts';
import { parseResponse } from '../../platform/responseSchemas.ts';
import type { UsageTarget } from '../source.ts';
import { toAnswerFields, openAnswer } from './answer.ts';
import type { Backend } from './backend.ts';
import { sendQuery, type AnswerReader, type PrometheusServer, withFailure } from './sendQuery.ts';
import { type EngineMetrics, metricNames, PROCESS_START } from '../engines/engine.ts';
import { toUnixSeconds } from './requests.ts';
import { toLabelMatcher } from './promql.ts';

const SHOWN_VALUES = 10;

const names = z.array(z.string());
const namesReading: AnswerReader<string[]> = {
  fields: toAnswerFields(names),
  read(kept, where) {
    const { data, warnings } = openAnswer(kept, where);
    return { value: parseResponse(names, data, where), warnings };
  },
};

/** Queries the values of the deployment's label in the window, and returns a failure with them. */
export async function queryLabelValues(
  server: PrometheusServer,
  target: UsageTarget,
  { window, backend, engine }: SearchContext,
): Promise<Fetched> {
  const label = 'model_name' in target.match ? 'model_name' : Object.keys(target.match)[0];
  const labelName = label ?? 'model_name';
  const reply = await sendQuery(
    server,
    {
      kind: 'prometheus.label-values',
      about: target.deployment,
      window,
      segments: ['label', labelName, 'values'],
      query: {
        'match[]': toMatchers(backend, engine),
        start: toUnixSeconds(window.startMs),
        end: toUnixSeconds(window.endMs),
        ...backend.parameters,
      },
    },
    namesReading,
  );
  const values = reply.ok ? reply.value : [];
  const { title, missing } = engine.record;
  const failure = toFailure(target, window, { label: labelName, values, title, missing });
  return { fetch: withFailure(reply.fetch, failure, target.deployment) };
}

interface SearchContext {
  readonly window: Period;
  readonly backend: Backend;
  readonly engine: EngineMetrics;
}

function toMatchers({ exactNames }: Backend, engine: EngineMetrics): string | string[] {
  const names = metricNames(engine).filter((name) => name !== PROCESS_START);
  return exactNames ? names : `{__name__=~"${names.join('|')}"}`;
}

interface LabelSearch {
  readonly label: string;
  readonly values: readonly string[];
  /** The engine's title. */
  readonly title: string;
  /** A possible reason. */
  readonly missing: string | undefined;
}

function toFailure(target: UsageTarget, window: Period, choice: LabelSearch): Failure {
  const { label, values, title, missing } = choice;
  const matchers = Object.entries(target.match).map(([name, value]) => toLabelMatcher(name, value));
  const between = `${instantText(window.startMs)} and ${instantText(window.endMs)}`;
  const selector = `{${shortText(matchers.join(','), 200)}}`;
  const message = `no ${title} counters match ${selector} between ${between}`;
  const more = values.length > SHOWN_VALUES ? ` and ${values.length - SHOWN_VALUES} more` : '';
  const shown = values.slice(0, SHOWN_VALUES).map((value) => JSON.stringify(shortText(value, 60)));
  return values.length === 0
    ? new Failure('no-data', message, {
        hint: missing ?? `check that this server scrapes the ${title} replicas`,
      })
    : new Failure('no-data', `${message}; the values of ${label} are ${shown.join(', ')}${more}`, {
        hint: `set ${label} in the deployment's usage.match to one of these`,
      });
}
