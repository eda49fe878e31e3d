/** Answers range-selector queries over generated samples, as Prometheus 3 does. */

import { json, type Reply, startServer, type TestServer } from './httpServer.ts';

export interface MadeSeries {
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds and values. */
  readonly samples: readonly (readonly [number, number])[];
}

export interface SyntheticLimits {
  /** A longer range is refused as Prometheus refuses it. */
  readonly longestSeconds?: number;
  readonly labelValues?: readonly string[];
  readonly warnings?: readonly string[];
}

/** Serves `query` for `{matchers}[Ns]`, `query_range` for `{matchers}`, and label values. */
export function startSynthetic(
  series: readonly MadeSeries[],
  manners: SyntheticLimits = {},
): Promise<TestServer> {
  return startServer(syntheticReply(series, manners));
}

export function syntheticReply(
  series: readonly MadeSeries[],
  manners: SyntheticLimits = {},
): Reply {
  return (response, request) => {
    if (request.path.startsWith('/api/v1/label/')) {
      json({ status: 'success', data: manners.labelValues ?? [] })(response, request);
      return;
    }
    const query = request.query.get('query') ?? '';
    if (request.path.endsWith('/query_range')) {
      json({ status: 'success', data: steppedMatrix(series, request.query) })(response, request);
      return;
    }
    const seconds = Number(/\[(\d+)s\]$/.exec(query)?.[1]);
    if (seconds > (manners.longestSeconds ?? Number.POSITIVE_INFINITY)) {
      tooManySamples(response, request);
      return;
    }
    const endMs = Number(request.query.get('time')) * 1000;
    const data = matrixOf(series, { query, startMs: endMs - seconds * 1000, endMs });
    const { warnings } = manners;
    json({ status: 'success', data, ...(warnings === undefined ? {} : { warnings }) })(
      response,
      request,
    );
  };
}

/** A value at each step: the newest sample of the five minutes before it. */
function steppedMatrix(series: readonly MadeSeries[], parameters: URLSearchParams) {
  const query = parameters.get('query') ?? '';
  const [startMs = 0, endMs = 0, stepMs = 0] = ['start', 'end', 'step'].map(
    (name) => Number(parameters.get(name)) * 1000,
  );
  const steps = Array.from(
    { length: Math.floor((endMs - startMs) / stepMs) + 1 },
    (_, step) => startMs + step * stepMs,
  );
  const result = series
    .filter(({ labels }) => selects(query, labels))
    .map(({ labels, samples }) => ({
      metric: labels,
      values: steps.flatMap((atMs) => {
        const last = samples.findLast(([toldMs]) => toldMs <= atMs && toldMs > atMs - 300_000);
        return last === undefined ? [] : [[atMs / 1000, String(last[1])]];
      }),
    }));
  return { resultType: 'matrix', result: result.filter(({ values }) => values.length > 0) };
}

const tooManySamples = json(
  {
    status: 'error',
    errorType: 'execution',
    error: 'query processing would load too many samples into memory in query execution',
  },
  422,
);

interface Selection {
  readonly query: string;
  readonly startMs: number;
  readonly endMs: number;
}

function matrixOf(series: readonly MadeSeries[], { query, startMs, endMs }: Selection) {
  const result = series
    .filter(({ labels }) => selects(query, labels))
    .map(({ labels, samples }) => ({
      metric: labels,
      values: samples
        .filter(([atMs]) => atMs > startMs && atMs <= endMs)
        .map(([atMs, value]) => [atMs / 1000, String(value)]),
    }));
  return { resultType: 'matrix', result: result.filter(({ values }) => values.length > 0) };
}

/** Parses `NAME{…}` and `{…}` with `=` and `=~`, for values without quotes. */
function selects(query: string, labels: MadeSeries['labels']): boolean {
  const [, name = '', inside = ''] = /^([^{]*)\{(.*)\}/.exec(query) ?? [];
  if (name !== '' && labels['__name__'] !== name) return false;
  return [...inside.matchAll(/(\w+)(=~?)"([^"]*)"/g)].every(([, label = '', sign, value = '']) => {
    const own = labels[label] ?? '';
    if (sign === '=') return own === value;
    return new RegExp(`^(?:${value.replaceAll('\\\\', '\\')})$`).test(own);
  });
}
