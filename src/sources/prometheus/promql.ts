/** Builds PromQL selectors from matchers. Values are always quoted. */

import { Failure } from '../../domain/failure.ts';
import type { UsageTarget } from '../source.ts';
import { toEngineMetrics, metricNames, PROCESS_START } from '../engines/engine.ts';

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * All metrics of a target over a range, as raw samples:
 * `{__name__=~"vllm:prompt_tokens_total|…",model_name="qwen3-32b"}[93600s]`.
 * @throws {Failure} `config` for an invalid label name or an unknown engine.
 */
export function createUsageQuery(target: UsageTarget, rangeSeconds: number): string {
  const names = metricNames(toEngineMetrics(target)).join('|');
  return rangeOf(`__name__=~${quoted(names)}`, target, rangeSeconds);
}

/**
 * The same for servers without name patterns: one query per name, such as
 * `{__name__="vllm:prompt_tokens_total",model_name="qwen3-32b"}[93600s]`.
 * @throws {Failure} as {@link createUsageQuery} does.
 */
export function createQueriesByName(target: UsageTarget, rangeSeconds: number): string[] {
  return metricNames(toEngineMetrics(target)).map((name) => {
    return rangeOf(`__name__=${quoted(name)}`, target, rangeSeconds);
  });
}

type Matched = Pick<UsageTarget, 'deployment' | 'match'>;

/** A target's series of these names at one time. */
export function createNamesSelector(target: Matched, names: readonly string[]): string {
  const [only = ''] = names;
  const nameMatcher = names.length === 1 ? `=${quoted(only)}` : `=~${quoted(names.join('|'))}`;
  return selectorOf(`__name__${nameMatcher}`, target);
}

function rangeOf(names: string, target: UsageTarget, rangeSeconds: number): string {
  return `${selectorOf(names, target)}[${rangeSeconds}s]`;
}

function selectorOf(names: string, { match, deployment }: Matched): string {
  const matchers = Object.entries(match).map(([name, value]) => {
    requireLabelName(name, deployment);
    return toLabelMatcher(name, value);
  });
  return `{${[names, ...matchers].join(',')}}`;
}

/** The start times of the processes at these scrape targets, as raw samples. */
export function createStartQuery(
  labels: ReadonlyMap<string, ReadonlySet<string>>,
  seconds: number,
) {
  const matchers = [...labels].map(
    ([name, values]) => `${name}=~${quoted([...values].sort().map(regexText).join('|'))}`,
  );
  return `${PROCESS_START}{${matchers.join(',')}}[${seconds}s]`;
}

/**
 * One matcher: an exact value, or a glob as a regular expression, which PromQL always anchors.
 * `('model_name', 'llama-3.*-70b')` becomes `model_name=~"llama-3\\..*-70b"`. `*` alone requires
 * the label.
 */
export function toLabelMatcher(name: string, value: string): string {
  if (!value.includes('*')) return `${name}=${quoted(value)}`;
  const pattern = /^\*+$/.test(value) ? '.+' : value.split('*').map(regexText).join('.*');
  return `${name}=~${quoted(pattern)}`;
}

function requireLabelName(name: string, deployment: string): void {
  if (LABEL_NAME.test(name)) return;
  throw new Failure('config', `invalid Prometheus label name ${JSON.stringify(name)}`, {
    where: `deployments.${deployment}.usage.match`,
    expected: 'letters, digits and _, like model_name',
  });
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

function regexText(text: string): string {
  return text.replaceAll(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}
