/** What is kept of replicas' metrics: the samples that are read, again as Prometheus text. */

import type { Labels } from '../engines/samples.ts';
import type { TextSample } from './text.ts';

interface Replica {
  readonly url: string;
  readonly samples: readonly TextSample[];
}

/** Stands before the samples of each replica; no other line begins so. */
const REPLICA = '# replica ';

/**
 * The samples of all replicas of one ring, one line each, below the address of each replica. Read
 * again it tells the same samples, and nothing is kept beside them. Packed together they take a
 * fifth of what each would take alone, for the names and labels are the same.
 */
export function keptRing(scrapes: readonly Replica[]): Uint8Array {
  const parts = scrapes.map(({ url, samples }) => `${REPLICA}${url}\n${linesOf(samples)}`);
  return Buffer.from(parts.join(''));
}

/** What a ring's answer holds of each replica by its address; of a replica alone under none. */
export function partsOfRing(body: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const parts = new Map<string, Uint8Array>();
  const sign = Buffer.from(`\n${REPLICA}`);
  const head = sign.subarray(1);
  if (!bytes.subarray(0, head.length).equals(head)) return parts.set('', bytes);
  for (let from = 0; from < bytes.length; ) {
    const next = bytes.indexOf(sign, from);
    const end = next < 0 ? bytes.length : next + 1;
    const lineEnd = bytes.indexOf('\n', from);
    const url = bytes.subarray(from + head.length, lineEnd).toString();
    parts.set(url, bytes.subarray(lineEnd + 1, end));
    from = end;
  }
  return parts;
}

function linesOf(samples: readonly TextSample[]): string {
  const lines = samples.map(({ name, labels, value, atMs }) => {
    const time = atMs === undefined ? '' : ` ${atMs}`;
    return `${seriesText(name, labels)} ${numberText(value)}${time}\n`;
  });
  return lines.join('');
}

const PLAIN_NAME = /^[a-zA-Z_:][\w:]*$/;
const PLAIN_LABEL = /^[a-zA-Z_]\w*$/;

function seriesText(name: string, labels: Labels): string {
  const pairs = Object.entries(labels).map(
    ([label, value]) => `${PLAIN_LABEL.test(label) ? label : quoted(label)}=${quoted(value)}`,
  );
  if (!PLAIN_NAME.test(name)) return `{${[quoted(name), ...pairs].join(',')}}`;
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
