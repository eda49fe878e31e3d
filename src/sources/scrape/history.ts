/** Converts the scrapes of a source's replicas to series of samples in order of time. */

import { HOUR_MS, SECOND_MS } from '../../domain/period.ts';
import { type Series, type SeriesLabels, toLabelKey, toSamples } from '../engines/samples.ts';
import type { StoredAnswer } from '../source.ts';
import { parseTargetLabels } from './discovery.ts';
import { parseMetrics, type TextSample } from './text.ts';

/** One replica at one time. */
export interface ReplicaScrape {
  readonly url: string;
  readonly atMs: number;
  readonly samples: readonly TextSample[];
}

/** Reads earlier answers again. They were valid when they were stored. */
export function readScrapes(
  answers: readonly StoredAnswer[],
  names: ReadonlySet<string>,
): ReplicaScrape[] {
  const parsed = new Map<Uint8Array, ReturnType<typeof splitRoundBody>>();
  return answers.map(({ url, atMs, body }) => {
    const parts = parsed.get(body) ?? splitRoundBody(body);
    parsed.set(body, parts);
    const part = parts.get(url) ?? parts.get('') ?? new Uint8Array();
    const format = { where: url, names, contentType: 'text/plain' };
    return { url, atMs, samples: [...parseMetrics([part], format)] };
  });
}

/**
 * After a gap of at least this length, a scrape is stored together with the previous one, which
 * will soon no longer be read.
 */
const LONG_GAP_MS = 2 * HOUR_MS;

/** Replicas of one round are scraped within this time. */
export const ROUND_MS = 30 * SECOND_MS;

/**
 * Adds the samples of the replica's last scrape, each with its time, after a long gap without
 * scrapes.
 */
export function withPreviousScrape(
  scrape: ReplicaScrape,
  earlier: readonly ReplicaScrape[],
): ReplicaScrape {
  const newestMs = earlier.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY;
  if (scrape.atMs - newestMs < LONG_GAP_MS) return scrape;
  const last = earlier.findLast(({ url }) => url === scrape.url);
  if (last === undefined || last.atMs < newestMs - ROUND_MS) return scrape;
  const old = last.samples.map((sample) => ({ ...sample, atMs: sample.atMs ?? last.atMs }));
  return { ...scrape, samples: [...old, ...scrape.samples] };
}

interface Column {
  readonly labels: SeriesLabels;
  readonly timesMs: number[];
  readonly values: number[];
}

/**
 * Each series over all scrapes. If a series has a label of the same name as its replica, the
 * replica's value is used and the other label becomes `exported_…`, as in Prometheus.
 */
export function toSeries(scrapes: readonly ReplicaScrape[]): Series[] {
  const columns = new Map<string, Column>();
  for (const { url, atMs, samples } of scrapes) {
    const target = parseTargetLabels(url);
    for (const { name, labels, value, atMs: sampleMs = atMs } of samples) {
      const allLabels = { __name__: name, ...joinLabels(labels, target) };
      const key = toLabelKey(allLabels);
      const column: Column = columns.get(key) ?? { labels: allLabels, timesMs: [], values: [] };
      columns.set(key, column);
      column.timesMs.push(sampleMs);
      column.values.push(value);
    }
  }
  return [...columns.values()].map(({ labels, timesMs, values }) => {
    return { labels, samples: toSamples(timesMs, values) };
  });
}

function joinLabels(labels: SeriesLabels, target: SeriesLabels): SeriesLabels {
  const renamed = Object.entries(labels).map(([name, value]) => [
    Object.hasOwn(target, name) ? `exported_${name}` : name,
    value,
  ]);
  return { ...(Object.fromEntries(renamed) as SeriesLabels), ...target };
}

interface Replica {
  readonly url: string;
  readonly samples: readonly TextSample[];
}

/** The line before the samples of each replica. No other line starts like this. */
const REPLICA_PREFIX = '# replica ';

/**
 * The samples of all replicas of one round, one per line, below each replica's address. Nothing
 * else is stored, and reading it returns the same samples. Packed together, they take a fifth of
 * the space that they would take one by one, since names and labels repeat.
 */
export function toRoundBody(scrapes: readonly Replica[]): Uint8Array {
  const parts = scrapes.map(
    ({ url, samples }) => `${REPLICA_PREFIX}${url}\n${sampleLines(samples)}`,
  );
  return Buffer.from(parts.join(''));
}

/** The parts of a round's body by replica address. A body of a single replica has the key `''`. */
function splitRoundBody(body: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const parts = new Map<string, Uint8Array>();
  const separator = Buffer.from(`\n${REPLICA_PREFIX}`);
  const prefix = separator.subarray(1);
  if (!bytes.subarray(0, prefix.length).equals(prefix)) return parts.set('', bytes);
  for (let from = 0; from < bytes.length; ) {
    const next = bytes.indexOf(separator, from);
    const end = next < 0 ? bytes.length : next + 1;
    const lineEnd = bytes.indexOf('\n', from);
    const url = bytes.subarray(from + prefix.length, lineEnd).toString();
    parts.set(url, bytes.subarray(lineEnd + 1, end));
    from = end;
  }
  return parts;
}

function sampleLines(samples: readonly TextSample[]): string {
  const lines = samples.map(({ name, labels, value, atMs }) => {
    const time = atMs === undefined ? '' : ` ${atMs}`;
    return `${seriesText(name, labels)} ${numberText(value)}${time}\n`;
  });
  return lines.join('');
}

const PLAIN_NAME = /^[a-zA-Z_:][\w:]*$/;
const PLAIN_LABEL = /^[a-zA-Z_]\w*$/;

function seriesText(name: string, labels: SeriesLabels): string {
  const pairs = Object.entries(labels).map(
    ([label, value]) => `${PLAIN_LABEL.test(label) ? label : quote(label)}=${quote(value)}`,
  );
  if (!PLAIN_NAME.test(name)) return `{${[quote(name), ...pairs].join(',')}}`;
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
