/** What GPUs say of themselves by the hour, from the fields of NVIDIA's dcgm-exporter. */

import { matchesGlob } from '../../domain/glob.ts';
import { HOUR_MS, MINUTE_MS, type Period, SECOND_MS } from '../../domain/period.ts';
import type { Located } from '../../domain/provenance.ts';
import type { GpuActivity } from '../../domain/usageFacts.ts';
import { shortText } from '../../platform/json.ts';
import type { TelemetryTarget } from '../source.ts';
import { hoursIn } from './latency.ts';
import { at, type Labels, type Series } from './samples.ts';

type Measure =
  | 'gpuUtilMillionths'
  | 'engineActiveMillionths'
  | 'tensorActiveMillionths'
  | 'dramActiveMillionths';

/** Newer versions of DCGM name the fields otherwise. */
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

/** Every metric name to ask for. */
export const GPU_FIELDS: readonly string[] = [...FIELDS.keys()];

/**
 * Labels of the workload. Where those of the scrape target stand under these names, the exporter's
 * own stand under `exported_…`, and the plain ones name the exporter's pod.
 */
export const OF_WORKLOAD: ReadonlySet<string> = new Set(['pod', 'namespace', 'container']);

/** Is the series one of a GPU that the target means? */
export function isWatched({ match }: Pick<TelemetryTarget, 'match'>, labels: Labels): boolean {
  if (!FIELDS.has(labels['__name__'] ?? '')) return false;
  const told = (name: string) => {
    if (OF_WORKLOAD.has(name)) return labels[`exported_${name}`] ?? labels[name];
    if (name.toLowerCase() !== 'hostname') return labels[name];
    return labels['Hostname'] ?? labels['hostname'];
  };
  return Object.entries(match).every(([name, glob]) => matchesGlob(glob, told(name) ?? ''));
}

export function nothingWatched({ deployment, match }: TelemetryTarget): string {
  const asked = shortText(JSON.stringify(match), 200);
  return `${deployment}: no GPU in dcgm-exporter matches ${asked}; check usage.telemetry.match`;
}

/** A GPU that is silent for longer was not watched meanwhile; every five minutes, more or less. */
const SILENCE_MS = 5 * MINUTE_MS + 30 * SECOND_MS;

/** Compute slices of a whole GPU. */
const MIG_SLICES = 7;

const MILLION = 1_000_000;

interface Wish {
  readonly sourceId: string;
  readonly deployment: string;
  readonly window: Period;
}

/** One measure of one GPU, however many exporters and pods tell it. */
interface Told {
  readonly measure: Measure;
  /** 1, or the share of a MIG instance. */
  readonly share: number;
  /** Instants and millionths, in order of time. */
  readonly samples: readonly (readonly [number, number])[];
}

/**
 * The means of each hour of the window that is over, weighted by GPU time: a sample stands for the
 * time since the one before it, up to five minutes. A GPU that several exporters or pods tell of is
 * watched once. A value that is none (`9223372036854775794`) is left out.
 */
export function gpuActivityOf(
  series: readonly Series[],
  { sourceId, deployment, window }: Wish,
): Located<GpuActivity>[] {
  const hours = hoursIn(window);
  const told = toldOf(series);
  if (hours === undefined || told.length === 0) return [];
  const facts: Located<GpuActivity>[] = [];
  for (let startMs = hours.startMs; startMs < hours.endMs; startMs += HOUR_MS) {
    const period = { startMs, endMs: startMs + HOUR_MS };
    const means = meansIn(period, told);
    if (means.gpuMs === 0) continue;
    const fact = { sourceId, deployment, period, ...means };
    facts.push({ position: facts.length, fact });
  }
  return facts;
}

function toldOf(series: readonly Series[]): Told[] {
  const named = series.flatMap(({ labels, samples }) => {
    const measure = FIELDS.get(labels['__name__'] ?? '');
    return measure === undefined ? [] : [{ measure, labels, samples }];
  });
  const cut = new Set(
    named
      .filter(({ labels }) => labels['GPU_I_ID'] !== undefined)
      .map(({ labels }) => gpuOf(labels)),
  );
  // Where a GPU is cut up, its instances tell, and what is told of the whole says nothing of ours.
  const used = named.filter(
    ({ labels }) => !cut.has(gpuOf(labels)) || labels['GPU_I_ID'] !== undefined,
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

function gpuOf(labels: Labels): string {
  const host = labels['Hostname'] ?? labels['hostname'] ?? labels['instance'] ?? '';
  return labels['UUID'] ?? labels['uuid'] ?? JSON.stringify([host, labels['gpu'] ?? '']);
}

/** `2g.20gb` has two of a GPU's seven slices. */
function shareOf(labels: Labels): number {
  const slices = /(\d+)g\./.exec(labels['GPU_I_PROFILE'] ?? '')?.[1];
  return slices === undefined ? 1 : Math.min(1, Number(slices) / MIG_SLICES);
}

function millionthsOf({ labels, samples }: Series): [number, number][] {
  const name = labels['__name__'] ?? '';
  const values = [...samples.values];
  const whole = name === 'DCGM_FI_DEV_GPU_UTIL' ? 100 : wholeOf(name, values);
  if (whole === undefined) return [];
  return values.flatMap((value, index): [number, number][] => {
    const isValue = value >= 0 && value <= whole * (1 + 1e-6);
    const millionths = Math.min(MILLION, Math.round((value / whole) * MILLION));
    return isValue ? [[at(samples.timesMs, index), millionths]] : [];
  });
}

/**
 * What full use is called. The newer name of GPU utilization says ratio for a field that has always
 * been in percent: its values decide, and where they are all 0 or 1 nobody can tell.
 */
function wholeOf(name: string, values: readonly number[]): number | undefined {
  if (!name.startsWith('DCGM_FI_DEV_')) return 1;
  if (values.some((value) => value > 0 && value < 1)) return 1;
  if (values.some((value) => value > 1 && value <= 100)) return 100;
  return values.every((value) => value === 0) ? 100 : undefined;
}

function meansIn(hour: Period, told: readonly Told[]) {
  const sums = new Map<Measure, { weightMs: number; sum: number }>();
  for (const { measure, share, samples } of told) {
    const { weightMs, sum } = weighedIn(hour, samples);
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

/** The milliseconds of the hour that the samples stand for, and the sum of value times time. */
function weighedIn({ startMs, endMs }: Period, samples: Told['samples']) {
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
