/** An engine that the config describes: metric names, or selectors of one metric each. */

import { Failure } from '../../domain/failure.ts';
import type { CustomMetrics } from '../../domain/usageWish.ts';
import type { EngineRecord, Fact, Metric } from './record.ts';
import type { Labels } from './samples.ts';

const SELECTOR = /^([a-zA-Z_:][a-zA-Z0-9_:]*)?(?:\{(.*)\})?$/s;
const MATCHER =
  /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|'[^'\\]*')\s*(,|$)/y;

interface Selector {
  readonly name: string;
  readonly fits: (labels: Labels) => boolean;
}

/**
 * The record of an engine of the user's own. Each metric is read as it is scraped, for only raw
 * samples show a restart.
 * @throws {Failure} `config` for anything that is more than one selector.
 */
export function customRecord(metrics: CustomMetrics | undefined, where: string): EngineRecord {
  const {
    prompt = '',
    output = '',
    cached,
    cachedIs,
    requests,
    running,
    busySeconds,
  } = metrics ?? {};
  const one = (key: keyof CustomMetrics, text: string | undefined, tells: readonly Fact[]) =>
    text === undefined ? [] : [metricOf(selectorOf(text, `${where}.metrics.${key}`), tells)];
  const family = {
    name: 'custom',
    spellings: [''],
    metrics: [
      ...one('prompt', prompt, ['prompt']),
      ...one('output', output, ['output']),
      ...one('cached', cached, cachedIs === 'outside' ? ['prompt', 'cached'] : ['cached']),
      ...one('requests', requests, ['requests']),
      ...one('running', running, ['running']),
      ...one('busySeconds', busySeconds, ['busy']).map(inSeconds),
    ],
  };
  return { title: 'custom', families: [family], ranks: [], isLabeled: true };
}

function metricOf({ name, fits }: Selector, tells: readonly Fact[]): Metric {
  return { name, tells, where: fits };
}

function inSeconds(metric: Metric): Metric {
  return { ...metric, isSeconds: true };
}

/** `tokens_total{type="input"}` as a name and what its matchers want. */
function selectorOf(text: string, where: string): Selector {
  const found = SELECTOR.exec(text.trim());
  if (found === null) throw noSelector(text, where);
  const matchers = matchersOf(found[2] ?? '', text, where);
  const named = matchers.find(({ label, sign }) => label === '__name__' && sign === '=');
  const name = found[1] ?? named?.value;
  if (name === undefined) throw noSelector(text, where);
  return { name, fits: (labels) => matchers.every(({ fits }) => fits(labels)) };
}

function matchersOf(inside: string, text: string, where: string) {
  const matchers = [];
  MATCHER.lastIndex = 0;
  while (MATCHER.lastIndex < inside.trimEnd().length) {
    const found = MATCHER.exec(inside);
    if (found === null) throw noSelector(text, where);
    const [, label = '', sign = '=', quoted = ''] = found;
    const value = quoted.slice(1, -1).replaceAll(/\\(.)/gs, (_, sign: string) => {
      return sign === 'n' ? '\n' : sign;
    });
    matchers.push({ label, sign, value, fits: fitOf({ label, sign, value }, where) });
  }
  return matchers;
}

interface Matcher {
  readonly label: string;
  readonly sign: string;
  readonly value: string;
}

/** As Prometheus matches: an absent label is the empty text, expressions are anchored. */
function fitOf({ label, sign, value }: Matcher, where: string) {
  const wants = sign.endsWith('~') ? patternOf(value, where) : (told: string) => told === value;
  const isWanted = !sign.startsWith('!');
  return (labels: Labels) => wants(labels[label] ?? '') === isWanted;
}

function patternOf(value: string, where: string): (told: string) => boolean {
  try {
    const pattern = new RegExp(`^(?:${value})$`, 'su');
    return (told) => pattern.test(told);
  } catch {
    throw new Failure('config', `unsupported expression ${JSON.stringify(value)}`, {
      where,
      expected: 'a plain regular expression, or = with one value',
    });
  }
}

function noSelector(text: string, where: string): Failure {
  return new Failure('config', `${JSON.stringify(text)} is not the selector of a single metric`, {
    where,
    expected: 'a metric name, or NAME{label="value"}',
    hint:
      'a sum or a rate hides the restarts of each process and changes between two samples; ' +
      'use the counter itself',
  });
}
