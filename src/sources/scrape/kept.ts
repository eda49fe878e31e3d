/** Stores the samples of replicas as Prometheus text. */

import type { SeriesLabels } from '../engines/samples.ts';
import type { TextSample } from './text.ts';

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
export function splitRoundBody(body: Uint8Array): ReadonlyMap<string, Uint8Array> {
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
