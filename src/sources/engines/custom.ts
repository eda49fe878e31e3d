/** Builds the record of an engine that the config describes by metric names or selectors. */

import { Failure } from '../../domain/failure.ts';
import type { CustomMetrics } from '../../domain/engine.ts';
import type { EngineRecord, MetricFact, EngineMetric } from './record.ts';
import type { SeriesLabels } from './samples.ts';

const SELECTOR = /^([a-zA-Z_:][a-zA-Z0-9_:]*)?(?:\{(.*)\})?$/s;
const MATCHER =
  /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|'[^'\\]*')\s*(,|$)/y;

interface Selector {
  readonly name: string;
  readonly fits: (labels: SeriesLabels) => boolean;
}

/**
 * The record of a user-defined engine. Each metric is read as it is scraped, because only raw
 * samples show restarts.
 * @throws {Failure} `config` for anything that is not a single selector.
 */
export function createCustomRecord(
  metrics: CustomMetrics | undefined,
  where: string,
): EngineRecord {
  const {
    prompt = '',
    output = '',
    cached,
    cachedIs,
    requests,
    running,
    busySeconds,
  } = metrics ?? {};
  const metric = (
    key: keyof CustomMetrics,
    text: string | undefined,
    facts: readonly MetricFact[],
  ) =>
    text === undefined ? [] : [toMetric(parseSelector(text, `${where}.metrics.${key}`), facts)];
  const family = {
    name: 'custom',
    spellings: [''],
    metrics: [
      ...metric('prompt', prompt, ['prompt']),
      ...metric('output', output, ['output']),
      ...metric('cached', cached, cachedIs === 'outside' ? ['prompt', 'cached'] : ['cached']),
      ...metric('requests', requests, ['requests']),
      ...metric('running', running, ['running']),
      ...metric('busySeconds', busySeconds, ['busy']).map(inSeconds),
    ],
  };
  return { title: 'custom', families: [family], ranks: [], isLabeled: true };
}

function toMetric({ name, fits }: Selector, facts: readonly MetricFact[]): EngineMetric {
  return { name, facts, where: fits };
}

function inSeconds(metric: EngineMetric): EngineMetric {
  return { ...metric, isSeconds: true };
}

/** Parses `tokens_total{type="input"}` to a name and matchers. */
function parseSelector(text: string, where: string): Selector {
  const found = SELECTOR.exec(text.trim());
  if (found === null) throw invalidSelector(text, where);
  const matchers = parseMatchers(found[2] ?? '', text, where);
  const named = matchers.find(({ label, sign }) => label === '__name__' && sign === '=');
  const name = found[1] ?? named?.value;
  if (name === undefined) throw invalidSelector(text, where);
  return { name, fits: (labels) => matchers.every(({ fits }) => fits(labels)) };
}

function parseMatchers(inside: string, text: string, where: string) {
  const matchers = [];
  MATCHER.lastIndex = 0;
  while (MATCHER.lastIndex < inside.trimEnd().length) {
    const found = MATCHER.exec(inside);
    if (found === null) throw invalidSelector(text, where);
    const [, label = '', sign = '=', quoted = ''] = found;
    const value = quoted.slice(1, -1).replaceAll(/\\(.)/gs, (_, sign: string) => {
      return sign === 'n' ? '\n' : sign;
    });
    matchers.push({ label, sign, value, fits: toMatch({ label, sign, value }, where) });
  }
  return matchers;
}

interface Matcher {
  readonly label: string;
  readonly sign: string;
  readonly value: string;
}

/** Matches like Prometheus: an absent label is the empty text, and expressions are anchored. */
function toMatch({ label, sign, value }: Matcher, where: string) {
  const matches = sign.endsWith('~') ? toPattern(value, where) : (text: string) => text === value;
  const isPositive = !sign.startsWith('!');
  return (labels: SeriesLabels) => matches(labels[label] ?? '') === isPositive;
}

function toPattern(value: string, where: string): (text: string) => boolean {
  try {
    const pattern = new RegExp(`^(?:${value})$`, 'su');
    return (text) => pattern.test(text);
  } catch {
    throw new Failure('config', `unsupported expression ${JSON.stringify(value)}`, {
      where,
      expected: 'a plain regular expression, or = with one value',
    });
  }
}

function invalidSelector(text: string, where: string): Failure {
  return new Failure('config', `${JSON.stringify(text)} is not the selector of a single metric`, {
    where,
    expected: 'a metric name, or NAME{label="value"}',
    hint:
      'a sum or a rate hides the restarts of each process and changes between two samples; ' +
      'use the counter itself',
  });
}
