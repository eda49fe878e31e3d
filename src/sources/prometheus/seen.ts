/** Lists the engines that have counters on a Prometheus-compatible server. */

import { z } from 'zod';
import type { Period } from '../../domain/period.ts';
import type { SeenEngine } from '../../domain/seenEngine.ts';
import { readWire } from '../../platform/wire.ts';
import { type SeenSeries, seenEngines, SIGN_NAMES } from '../engines/seen.ts';
import { answerFields, openAnswer } from './answer.ts';
import { ask, type Reading, type Server } from './asking.ts';
import { backendAt } from './backend.ts';
import { secondsText } from './questions.ts';

const series = z.array(z.record(z.string(), z.string()));

const reading: Reading<SeenSeries[]> = {
  fields: answerFields(series),
  read(kept, where) {
    const { data, warnings } = openAnswer(kept, where);
    const value = readWire(series, data, where).map(({ __name__: name = '', ...labels }) => {
      return { name, labels };
    });
    return { value, warnings };
  },
};

/**
 * Sends one query to `/api/v1/series`. A server without name patterns gets the names one by one.
 * @throws {Failure} if the server does not answer.
 */
export async function seen(server: Server, window: Period): Promise<SeenEngine[]> {
  const backend = backendAt(server.options);
  const pattern = `{__name__=~"${SIGN_NAMES.map(escapeDots).join('|')}"}`;
  const reply = await ask(
    server,
    {
      kind: 'prometheus.series',
      about: 'engines',
      window,
      segments: ['series'],
      query: {
        'match[]': backend.exactNames ? [...SIGN_NAMES] : pattern,
        start: secondsText(window.startMs),
        end: secondsText(window.endMs),
        ...backend.parameters,
      },
    },
    reading,
  );
  if (!reply.ok) throw reply.failure;
  return seenEngines(reply.value);
}

function escapeDots(name: string): string {
  return name.replaceAll('.', String.raw`\\.`);
}
