/** Computes GPU activity by hour from the fields of NVIDIA's dcgm-exporter. */

import { matchesGlob } from '../../domain/glob.ts';
import { HOUR_MS, MINUTE_MS, type Period, SECOND_MS } from '../../domain/period.ts';
import type { Located } from '../../domain/provenance.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
import type { GpuActivity } from '../../domain/usageFacts.ts';
import { shortText } from '../../platform/json.ts';
import type { TelemetryTarget } from '../source.ts';
import { hoursIn } from './latency.ts';
import { numberAt, type SeriesLabels, type Series } from './samples.ts';

type Measure =
  | 'gpuUtilMillionths'
  | 'engineActiveMillionths'
  | 'tensorActiveMillionths'
  | 'dramActiveMillionths';

/** Metric names by measure. Newer DCGM versions use other names. */
const FIELDS: ReadonlyMap<string, Measure> = new Map([
  ['DCGM_FI_DEV_GPU_UTIL', 'gpuUtilMillionths'],
  ['DCGM_FI_DEV_GPU_UTIL_RATIO', 'gpuUtilMillionths'],
  ['DCGM_FI_PROF_GR_ENGINE_ACTIVE', 'engineActiveMillionths'],
  ['DCGM_FI_PROF_GR_ENGINE_UTIL_RATIO', 'engineActiveMillionths'],
  ['DCGM_FI_PROF_PIPE_TENSOR_ACTIVE', 'tensorActiveMillionths'],
  ['DCGM_FI_PROF_TENSOR_UTIL_RATIO', 'tensorActiveMillionths'],
  ['DCGM_FI_PROF_DRAM_ACTIVE', 'dramActiveMillionths'],
  ['DCGM_FI_PROF_DRAM_UTIL_RATIO', 'dramActiveMillionths'],
]);

/** The names of all metrics that are queried. */
export const GPU_FIELDS: readonly string[] = [...FIELDS.keys()];

/**
 * Workload labels. If the scrape target has labels of these names, the exporter's own are renamed
 * to `exported_…`, and the plain ones name the exporter's pod.
 */
export const WORKLOAD_LABELS: ReadonlySet<string> = new Set(['pod', 'namespace', 'container']);

/** Whether the series belongs to a GPU that the target matches. */
export function isMonitored(
  { match }: Pick<TelemetryTarget, 'match'>,
  labels: SeriesLabels,
): boolean {
  if (!FIELDS.has(labels['__name__'] ?? '')) return false;
  const valueOf = (name: string) => {
    if (WORKLOAD_LABELS.has(name)) return labels[`exported_${name}`] ?? labels[name];
    if (name.toLowerCase() !== 'hostname') return labels[name];
    return labels['Hostname'] ?? labels['hostname'];
  };
  return Object.entries(match).every(([name, glob]) => matchesGlob(glob, valueOf(name) ?? ''));
}

export function nothingWatched({ deployment, match }: TelemetryTarget): PullWarning {
  return { code: 'no-gpu-matches', deployment, match: shortText(JSON.stringify(match), 200) };
}

/** The longest time between samples of a monitored GPU: about five minutes. */
const SILENCE_MS = 5 * MINUTE_MS + 30 * SECOND_MS;

/** Compute slices of a whole GPU. */
const MIG_SLICES = 7;

const MILLION = 1_000_000;

interface ActivityRequest {
  readonly sourceId: string;
  readonly deployment: string;
  readonly window: Period;
}

/** One measure of one GPU, from all exporters and pods that report it. */
interface GpuMeasure {
  readonly measure: Measure;
  /** 1 for a whole GPU, or the share of a MIG instance. */
  readonly share: number;
  /** Times in ms and values in millionths, in order. */
  readonly samples: readonly (readonly [number, number])[];
}

/**
 * The means of each completed hour of the window, weighted by GPU time. A sample stands for the
 * time since the previous one, up to five minutes. A GPU that several exporters or pods report
 * counts once. Invalid values (`9223372036854775794`) are left out.
 */
export function computeGpuActivity(
  series: readonly Series[],
  { sourceId, deployment, window }: ActivityRequest,
): Located<GpuActivity>[] {
  const hours = hoursIn(window);
  const measures = toMeasures(series);
  if (hours === undefined || measures.length === 0) return [];
  const facts: Located<GpuActivity>[] = [];
  for (let startMs = hours.startMs; startMs < hours.endMs; startMs += HOUR_MS) {
    const period = { startMs, endMs: startMs + HOUR_MS };
    const means = meansIn(period, measures);
    if (means.gpuMs === 0) continue;
    const fact = { sourceId, deployment, period, ...means };
    facts.push({ position: facts.length, fact });
  }
  return facts;
}

function toMeasures(series: readonly Series[]): GpuMeasure[] {
  const named = series.flatMap(({ labels, samples }) => {
    const measure = FIELDS.get(labels['__name__'] ?? '');
    return measure === undefined ? [] : [{ measure, labels, samples }];
  });
  const partitioned = new Set(
    named
      .filter(({ labels }) => labels['GPU_I_ID'] !== undefined)
      .map(({ labels }) => gpuOf(labels)),
  );
  // For a partitioned GPU, only its MIG instances count. Values of the whole GPU say nothing about
  // one instance.
  const used = named.filter(
    ({ labels }) => !partitioned.has(gpuOf(labels)) || labels['GPU_I_ID'] !== undefined,
  );
  const groups = Map.groupBy(used, ({ measure, labels }) =>
    JSON.stringify([measure, gpuOf(labels), labels['GPU_I_ID'] ?? '']),
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { measure, labels } = first;
    const samples = group.flatMap((each) => millionthsOf(each)).sort(([a], [b]) => a - b);
    return [{ measure, share: shareOf(labels), samples }];
  });
}

function gpuOf(labels: SeriesLabels): string {
  const host = labels['Hostname'] ?? labels['hostname'] ?? labels['instance'] ?? '';
  return labels['UUID'] ?? labels['uuid'] ?? JSON.stringify([host, labels['gpu'] ?? '']);
}

/** The share of a MIG instance: `2g.20gb` has two of a GPU's seven slices. */
function shareOf(labels: SeriesLabels): number {
  const slices = /(\d+)g\./.exec(labels['GPU_I_PROFILE'] ?? '')?.[1];
  return slices === undefined ? 1 : Math.min(1, Number(slices) / MIG_SLICES);
}

function millionthsOf({ labels, samples }: Series): [number, number][] {
  const name = labels['__name__'] ?? '';
  const values = [...samples.values];
  const fullValue = name === 'DCGM_FI_DEV_GPU_UTIL' ? 100 : fullUseOf(name, values);
  if (fullValue === undefined) return [];
  return values.flatMap((value, index): [number, number][] => {
    const isValue = value >= 0 && value <= fullValue * (1 + 1e-6);
    const millionths = Math.min(MILLION, Math.round((value / fullValue) * MILLION));
    return isValue ? [[numberAt(samples.timesMs, index), millionths]] : [];
  });
}

/**
 * The value that means full use. The newer name of GPU utilization says ratio, but the field has
 * always been in percent, so its values decide. If all are 0 or 1, the unit is unknown.
 */
function fullUseOf(name: string, values: readonly number[]): number | undefined {
  if (!name.startsWith('DCGM_FI_DEV_')) return 1;
  if (values.some((value) => value > 0 && value < 1)) return 1;
  if (values.some((value) => value > 1 && value <= 100)) return 100;
  return values.every((value) => value === 0) ? 100 : undefined;
}

function meansIn(hour: Period, measures: readonly GpuMeasure[]) {
  const sums = new Map<Measure, { weightMs: number; sum: number }>();
  for (const { measure, share, samples } of measures) {
    const { weightMs, sum } = weightedSum(hour, samples);
    const known = sums.get(measure) ?? { weightMs: 0, sum: 0 };
    sums.set(measure, {
      weightMs: known.weightMs + share * weightMs,
      sum: known.sum + share * sum,
    });
  }
  const means: Partial<Record<Measure, number>> = {};
  for (const [measure, { weightMs, sum }] of sums) {
    if (weightMs > 0) means[measure] = Math.round(sum / weightMs);
  }
  const gpuMs = Math.round(Math.max(...[...sums.values()].map(({ weightMs }) => weightMs)));
  return { gpuMs, ...means };
}

/** The ms of the hour that the samples stand for, and the sum of value × time. */
function weightedSum({ startMs, endMs }: Period, samples: GpuMeasure['samples']) {
  let [weightMs, sum] = [0, 0];
  for (let index = 1; index < samples.length; index += 1) {
    const [beforeMs = 0] = samples[index - 1] ?? [];
    const [atMs = 0, value = 0] = samples[index] ?? [];
    if (atMs - beforeMs > SILENCE_MS) continue;
    const inside = Math.min(atMs, endMs) - Math.max(beforeMs, startMs);
    if (inside <= 0) continue;
    weightMs += inside;
    sum += inside * value;
  }
  return { weightMs, sum };
}
