/** Recognizes engines by the names of their token counters. */

import type { DetectedEngine } from '../../domain/engine.ts';
import type { EngineRecord, MetricFamily, EngineMetric } from './record.ts';
import type { SeriesLabels } from './samples.ts';
import { ENGINE_RECORDS } from './engineTable.ts';

type Name = DetectedEngine['engine'];

/** One series by its name. */
export interface SeenSeries {
  readonly name: string;
  readonly labels: SeriesLabels;
}

/** What to know about each engine's metrics. */
const CAUTIONS: Readonly<Record<Name, string>> = {
  vllm: 'its prompt counter includes cached tokens; without a counter of hits they are unknown',
  'ray-serve':
    'its metric names begin with ray_vllm: or ray_vllm_ and change between versions; each ' +
    'spelling is read',
  'llm-d': 'prefill and decode servers both count the prompt; their roles decide which one counts',
  sglang: 'tensor-parallel ranks repeat the same counts; data-parallel ranks add to them',
  tgi: 'its metrics do not name the model; set match so that only servers of this deployment match',
  'tensorrt-llm': 'its token counters are experimental and exist from version 1.3 on only',
  nim: 'its metric names have no prefix; set match, or other programs are counted too',
  'llama.cpp':
    'its prompt counter has only computed tokens; cached tokens have a counter of their own',
  lmdeploy: 'its counters restart from zero; a process is identified by its start time',
  dynamo: 'its frontend also counts what its workers count; only the frontend is read',
  aibrix: 'its runtime repeats the counters of the engine; each token counts once',
};

interface CounterName {
  readonly family: MetricFamily;
  readonly spelling: string;
}

/** The family and spelling of each prompt or output token counter, by its full name. */
const COUNTER_NAMES: ReadonlyMap<string, CounterName> = new Map(
  Object.values(ENGINE_RECORDS)
    .flatMap(({ families }) => families)
    .flatMap((family) =>
      family.spellings.flatMap((spelling) =>
        family.metrics
          .filter(countsTokens)
          .map(({ name }): [string, CounterName] => [`${spelling}${name}`, { family, spelling }]),
      ),
    ),
);

/** Every name by which an engine is recognized. */
export const TOKEN_COUNTER_NAMES: readonly string[] = [...COUNTER_NAMES.keys()];

function countsTokens({ facts: declared, isFull, choice = 0 }: EngineMetric): boolean {
  if (isFull === true || choice > 1) return false;
  const facts = 'label' in declared ? Object.values(declared.values).flat() : declared;
  return facts.includes('prompt') || facts.includes('output');
}

/** The engine of a family if nothing else is known. */
const ENGINE_BY_FAMILY: Readonly<Record<string, Name>> = {
  vllm: 'vllm',
  ray: 'ray-serve',
  sglang: 'sglang',
  tgi: 'tgi',
  'tensorrt-llm': 'tensorrt-llm',
  nim: 'nim',
  'llama.cpp': 'llama.cpp',
  lmdeploy: 'lmdeploy',
  dynamo: 'dynamo',
  aibrix: 'aibrix',
};

/**
 * Families that repeat the counters of other families under their own names. They take precedence.
 */
const WRAPPING_FAMILIES: readonly string[] = ['aibrix', 'nim', 'ray'];

interface Place {
  readonly labels: SeriesLabels;
  readonly families: Set<string>;
  readonly spellings: Set<string>;
  readonly names: Set<string>;
}

/**
 * The engines by model, sorted by name. If a place has several families, the engine that repeats
 * the others' counters is used. Without a model, the job identifies it.
 */
export function recognizeEngines(series: readonly SeenSeries[]): DetectedEngine[] {
  const byEngine = Map.groupBy(placesOf(series), (place) => {
    const engine = engineAt(place);
    return JSON.stringify([engine, matchOf(ENGINE_RECORDS[engine], place.labels)]);
  });
  const found = [...byEngine.values()].map((places) => toSeenEngine(places));
  return found
    .map((one) => withFrontend(one, found))
    .sort((a, b) => (sortName(a) < sortName(b) ? -1 : 1));
}

function sortName({ model = '', engine }: DetectedEngine): string {
  return `${model} ${engine}`.toLowerCase();
}

function placesOf(series: readonly SeenSeries[]): Place[] {
  const places = new Map<string, Place>();
  for (const { name, labels } of series) {
    const counter = COUNTER_NAMES.get(name);
    if (counter === undefined) continue;
    const { job, instance, pod, namespace, container } = labels;
    const model = labels['model_name'] ?? labels['model'];
    const key = JSON.stringify([job, instance, pod, namespace, container, model]);
    const place = places.get(key) ?? newPlace(labels);
    place.families.add(counter.family.name);
    place.spellings.add(counter.spelling);
    place.names.add(name);
    places.set(key, place);
  }
  // A single counter without a prefix may belong to any program.
  return [...places.values()].filter(({ families, names, labels }) => {
    if (families.size > 1 || !families.has('nim')) return true;
    return 'model_name' in labels && names.size > 1;
  });
}

function newPlace(labels: SeriesLabels): Place {
  return { labels, families: new Set(), spellings: new Set(), names: new Set() };
}

function engineAt({ families, labels }: Place): Name {
  const family = WRAPPING_FAMILIES.find((one) => families.has(one)) ?? [...families][0] ?? '';
  const engine = ENGINE_BY_FAMILY[family] ?? 'vllm';
  return engine === 'vllm' && 'llm_d_ai_role' in labels ? 'llm-d' : engine;
}

function matchOf({ modelLabel = 'model_name' }: EngineRecord, labels: SeriesLabels): SeriesLabels {
  const model = labels[modelLabel];
  if (model !== undefined) return { [modelLabel]: model };
  return labels['job'] === undefined ? {} : { job: labels['job'] };
}

function toSeenEngine(places: readonly Place[]): DetectedEngine {
  const [first] = places;
  const engine = first === undefined ? 'vllm' : engineAt(first);
  const record: EngineRecord = ENGINE_RECORDS[engine];
  const labels = places.map((place) => place.labels);
  const match = first === undefined ? {} : matchOf(record, first.labels);
  const model = match[record.modelLabel ?? 'model_name'];
  const role = roleOf(record, labels);
  return {
    engine,
    title: record.title,
    ...(model === undefined ? {} : { model }),
    match,
    places: labels,
    spellings: [...new Set(places.flatMap(({ spellings }) => [...spellings]))].sort(),
    ...(role === undefined ? {} : { role }),
    hasRoleLabels: role !== undefined && (record.roleLabels ?? []).includes(role.label),
    readBy: readableBy(places),
    trap: CAUTIONS[engine],
  };
}

/** The engines whose record contains one of the families. */
function readableBy(places: readonly Place[]): Name[] {
  const seen = new Set(places.flatMap(({ families }) => [...families]));
  return (Object.keys(ENGINE_RECORDS) as Name[]).filter((name) =>
    ENGINE_RECORDS[name].families.some((family) => seen.has(family.name)),
  );
}

/** Labels that may show which server does prefill, the most reliable first. */
const ROLE_LABELS = ['role', 'engine_type', 'llm_d_ai_role', 'component', 'job', 'service', 'pod'];

function roleOf(record: EngineRecord, places: readonly SeriesLabels[]): DetectedEngine['role'] {
  for (const label of [...(record.roleLabels ?? []), ...ROLE_LABELS]) {
    const values = [...new Set(places.flatMap((labels) => labels[label] ?? []))];
    const [prefill, decode] = [/prefill/i, /decode/i].map((pattern) =>
      values.filter((value) => pattern.test(value)),
    );
    if (prefill === undefined || decode === undefined) continue;
    if (prefill.length === 0 || decode.length === 0) continue;
    const [one, other] = [prefill[0] ?? '', decode[0] ?? ''];
    return {
      label,
      prefill: prefill.length === 1 ? one : '*prefill*',
      decode: decode.length === 1 ? other : '*decode*',
    };
  }
  return undefined;
}

/** Sets `behind` if a frontend of the same model counts the requests of this engine. */
function withFrontend(one: DetectedEngine, all: readonly DetectedEngine[]): DetectedEngine {
  if (isFrontend(one.engine) || one.model === undefined) return one;
  const frontend = all.find((other) => isFrontend(other.engine) && isSameModel(other, one));
  return frontend === undefined ? one : { ...one, behind: frontend.title };
}

function isFrontend(engine: Name): boolean {
  return ENGINE_RECORDS[engine].isFrontend === true;
}

function isSameModel(a: DetectedEngine, b: DetectedEngine): boolean {
  const plain = (model = '') => model.toLowerCase();
  return plain(a.model) === plain(b.model);
}
