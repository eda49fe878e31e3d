/** Healthy replicas, for the source contract. */

import { scrapeKind } from '../../../src/sources/registry.ts';
import type { SourceSubject } from '../../contract/source.ts';
import { NOW_MS } from '../../support/testClient.ts';
import { CHAT_TARGET, vllmText } from './stage.ts';
import { MINUTE_MS } from '../../../src/domain/period.ts';
import type { Codec } from '../../faults/codecs.ts';
import {
  type FaultWorld,
  NO_CHOICE,
  NO_TARGETS,
  NO_TIMES,
  WORLD_WINDOW,
} from '../../faults/world.ts';
import { type Reply, startServer } from '../../support/httpServer.ts';

/**
 * Three quarters of an hour old: on its first scrape it is counted from its start. Unread lines
 * follow those that are read.
 */
function healthyReplica(nowMs: number): Reply {
  const createdMs = nowMs - 45 * MINUTE_MS;
  const text = vllmText({ prompt: 45_000, output: 4_500, requests: 450, running: 2, createdMs });
  const others = Array.from(
    { length: 3 },
    (_, index) => `python_gc_objects_total{generation="${index}",model_name="m"} ${index * 7}.0\n`,
  ).join('');
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
    response.end(text + others);
  };
}

interface Line {
  readonly name?: unknown;
  readonly labels?: unknown;
  readonly value?: unknown;
  /** A whole line that is not read. */
  readonly other?: unknown;
}

const READ = /^(?:vllm:(?!time_to)|process_start)/;

/** Lines as records; what is no longer text is written so that it cannot be read as one. */
const METRICS_CODEC: Codec = {
  parse(text) {
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    const samples = lines.map((line): Line => {
      if (!READ.test(line)) return { other: line };
      const [, name, inside = '', value] = /^([\w:]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      const labels = [...inside.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, result]) => [
        label,
        result,
      ]);
      return { name, labels: Object.fromEntries(labels), value: Number(value) };
    });
    return { samples };
  },
  write(value) {
    const { samples } = value as { readonly samples: unknown };
    if (!Array.isArray(samples)) return JSON.stringify(value);
    return (samples as unknown[]).map((line) => `${lineText(line)}\n`).join('');
  },
};

function lineText(line: unknown): string {
  if (typeof line !== 'object' || line === null) return JSON.stringify(line);
  const { name, labels, value, other, ...more } = line as Line & Record<string, unknown>;
  const beside = Object.entries(more)
    .map((pair) => `# HELP ${JSON.stringify(pair)}\n`)
    .join('');
  if (typeof other === 'string') {
    return beside + (/^[\w:]+[{ ]/.test(other) ? other : `other{key="${other}"} 1`);
  }
  const pairs = Object.entries(labels ?? {}).map(([label, result]) =>
    typeof result === 'string' ? `${label}="${result}"` : `${label}=${JSON.stringify(result)}`,
  );
  const number = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? '');
  return `${beside}${String(name)}{${pairs.join(',')}} ${number}`;
}

export function scrapeWorld(nowMs: number): FaultWorld {
  return {
    kind: 'scrape',
    async start() {
      const server = await startServer(healthyReplica(nowMs));
      return { url: server.origin, requests: [], close: () => server.close() };
    },
    options: (url, timeoutSeconds) => ({ targets: [url], timeoutSeconds }),
    request: { ...NO_TARGETS, window: WORLD_WINDOW, usage: [CHAT_TARGET] },
    openMaps: /\.labels$/,
    problem: (secret) => JSON.stringify({ error: 'no', trace: secret }),
    pages: [
      {
        name: 'the metrics of a replica',
        path: /^\/metrics$/,
        codec: METRICS_CODEC,
        list: 'samples',
        amount: 'samples.*.value',
        required: 'samples.*.value',
        id: { none: 'another label is another series' },
        choice: NO_CHOICE,
        times: NO_TIMES,
        nextPage: { none: 'a replica responds without pages' },
        harmless: { '1e308': 'the number of running requests only says whether there are any' },
        blind: {
          'half of the records':
            'a metric that is not listed looks like one that the engine does not have; a second ' +
            'meter shows it',
        },
      },
    ],
  };
}

export const scrape: SourceSubject = {
  kind: scrapeKind,
  options: (url, bearerToken) => ({ targets: [url], bearerToken }),
  request: {
    window: { startMs: NOW_MS - 60_000, endMs: NOW_MS },
    usage: [CHAT_TARGET],
    models: [],
  },
  healthy: healthyReplica(NOW_MS),
  toldIn: { usage: 'usage' },
};
