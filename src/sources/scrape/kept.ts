/** What is kept of a replica's metrics: the samples that are read, again as Prometheus text. */

import type { Labels } from '../engines/samples.ts';
import type { TextSample } from './text.ts';

/** One line each; read again it tells the same samples, and nothing is kept beside them. */
export function keptText(samples: readonly TextSample[]): Uint8Array {
  const lines = samples.map(({ name, labels, value, atMs }) => {
    const time = atMs === undefined ? '' : ` ${atMs}`;
    return `${seriesText(name, labels)} ${numberText(value)}${time}\n`;
  });
  return Buffer.from(lines.join(''));
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
