/** The failure when a deployment's matchers find nothing, with the values that exist. */

import { z } from 'zod';
import { Failure } from '../../domain/failure.ts';
import { instantText, type Period } from '../../domain/period.ts';
import type { Fetched } from '../../domain/provenance.ts';
import { shortText } from '../../platform/json.ts';
import { readWire } from '../../platform/wire.ts';
import type { UsageTarget } from '../source.ts';
import { answerFields, openAnswer } from './answer.ts';
import type { Backend } from './backend.ts';
import { ask, type Reading, type Server, withFailure } from './asking.ts';
import { type Engine, metricNames, PROCESS_START } from '../engines/engine.ts';
import { secondsText } from './questions.ts';
import { labelMatcher } from './selector.ts';

const SHOWN = 10;

const names = z.array(z.string());
const namesReading: Reading<string[]> = {
  fields: answerFields(names),
  read(kept, where) {
    const { data, warnings } = openAnswer(kept, where);
    return { value: readWire(names, data, where), warnings };
  },
};

/** Asks which values the deployment's label has in the window, and fails with them. */
export async function nothingFound(
  server: Server,
  target: UsageTarget,
  { window, backend, engine }: Asking,
): Promise<Fetched> {
  const label = 'model_name' in target.match ? 'model_name' : Object.keys(target.match)[0];
  const asked = label ?? 'model_name';
  const reply = await ask(
    server,
    {
      kind: 'prometheus.label-values',
      about: target.deployment,
      window,
      segments: ['label', asked, 'values'],
      query: {
        'match[]': matchersOf(backend, engine),
        start: secondsText(window.startMs),
        end: secondsText(window.endMs),
        ...backend.parameters,
      },
    },
    namesReading,
  );
  const values = reply.ok ? reply.value : [];
  const { title, missing } = engine.record;
  const failure = failureOf(target, window, { label: asked, values, title, missing });
  return { fetch: withFailure(reply.fetch, failure, target.deployment) };
}

interface Asking {
  readonly window: Period;
  readonly backend: Backend;
  readonly engine: Engine;
}

function matchersOf({ exactNames }: Backend, engine: Engine): string | string[] {
  const names = metricNames(engine).filter((name) => name !== PROCESS_START);
  return exactNames ? names : `{__name__=~"${names.join('|')}"}`;
}

interface Choice {
  readonly label: string;
  readonly values: readonly string[];
  /** Of the engine. */
  readonly title: string;
  /** What may be the reason. */
  readonly missing: string | undefined;
}

function failureOf(target: UsageTarget, window: Period, choice: Choice): Failure {
  const { label, values, title, missing } = choice;
  const matchers = Object.entries(target.match).map(([name, value]) => labelMatcher(name, value));
  const between = `${instantText(window.startMs)} and ${instantText(window.endMs)}`;
  const asked = `{${shortText(matchers.join(','), 200)}}`;
  const found = `no ${title} counters match ${asked} between ${between}`;
  const more = values.length > SHOWN ? ` and ${values.length - SHOWN} more` : '';
  const shown = values.slice(0, SHOWN).map((value) => JSON.stringify(shortText(value, 60)));
  return values.length === 0
    ? new Failure('no-data', found, {
        hint: missing ?? `check that this server scrapes the ${title} replicas`,
      })
    : new Failure('no-data', `${found}; the values of ${label} are ${shown.join(', ')}${more}`, {
        hint: `set ${label} in the deployment's usage.match to one of these`,
      });
}
