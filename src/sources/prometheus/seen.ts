/** Lists the engines that have counters on a Prometheus-compatible server. */

import { z } from 'zod';
import type { Period } from '../../domain/period.ts';
import type { DetectedEngine } from '../../domain/engine.ts';
import { parseResponse } from '../../platform/responseSchemas.ts';
import {
  type SeenSeries,
  recognizeEngines,
  TOKEN_COUNTER_NAMES,
} from '../engines/recognizeEngines.ts';
import { toAnswerFields, openAnswer } from './answer.ts';
import { sendQuery, type AnswerReader, type PrometheusServer } from './sendQuery.ts';
import { findBackend } from './backend.ts';
import { toUnixSeconds } from './requests.ts';

const series = z.array(z.record(z.string(), z.string()));

const reading: AnswerReader<SeenSeries[]> = {
  fields: toAnswerFields(series),
  read(kept, where) {
    const { data, warnings } = openAnswer(kept, where);
    const value = parseResponse(series, data, where).map(({ __name__: name = '', ...labels }) => {
      return { name, labels };
    });
    return { value, warnings };
  },
};

/**
 * Sends one query to `/api/v1/series`. A server without name patterns gets the names one by one.
 * @throws {Failure} if the server does not answer.
 */
export async function seen(server: PrometheusServer, window: Period): Promise<DetectedEngine[]> {
  const backend = findBackend(server.options);
  const pattern = `{__name__=~"${TOKEN_COUNTER_NAMES.map(escapeDots).join('|')}"}`;
  const reply = await sendQuery(
    server,
    {
      kind: 'prometheus.series',
      about: 'engines',
      window,
      segments: ['series'],
      query: {
        'match[]': backend.exactNames ? [...TOKEN_COUNTER_NAMES] : pattern,
        start: toUnixSeconds(window.startMs),
        end: toUnixSeconds(window.endMs),
        ...backend.parameters,
      },
    },
    reading,
  );
  if (!reply.ok) throw reply.failure;
  return recognizeEngines(reply.value);
}

function escapeDots(name: string): string {
  return name.replaceAll('.', String.raw`\\.`);
}
