/** Recognizes engines by the names of their token counters, wherever those are listed. */

import type { SeenEngine } from '../../domain/seenEngine.ts';
import type { EngineRecord, Family, Metric } from './record.ts';
import type { Labels } from './samples.ts';
import { RECORDS } from './table.ts';

type Name = SeenEngine['engine'];

/** One series by its name. */
export interface SeenSeries {
  readonly name: string;
  readonly labels: Labels;
}

/** What of each engine surprises people. */
const TRAPS: Readonly<Record<Name, string>> = {
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

interface Sign {
  readonly family: Family;
  readonly spelling: string;
}

/** By the full name of a counter of prompt or output tokens: of which family it is. */
const SIGNS: ReadonlyMap<string, Sign> = new Map(
  Object.values(RECORDS)
    .flatMap(({ families }) => families)
    .flatMap((family) =>
      family.spellings.flatMap((spelling) =>
        family.metrics
          .filter(tellsTokens)
          .map(({ name }): [string, Sign] => [`${spelling}${name}`, { family, spelling }]),
      ),
    ),
);

/** Every name by which an engine is recognized. */
export const SIGN_NAMES: readonly string[] = [...SIGNS.keys()];

function tellsTokens({ tells, isFull, choice = 0 }: Metric): boolean {
  if (isFull === true || choice > 1) return false;
  const facts = 'label' in tells ? Object.values(tells.values).flat() : tells;
  return facts.includes('prompt') || facts.includes('output');
}

/** The engine that a family stands for where nothing else is known. */
const ENGINE_OF: Readonly<Record<string, Name>> = {
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

/** Of families that one place tells, who passes on the others' counters under names of its own. */
const OUTER: readonly string[] = ['aibrix', 'nim', 'ray'];

interface Place {
  readonly labels: Labels;
  readonly families: Set<string>;
  readonly spellings: Set<string>;
  readonly names: Set<string>;
}

/**
 * The engines by model, in the order of their names. A place that tells several families has the
 * engine that passes on the others' counters; without a model its job stands for it.
 */
export function seenEngines(series: readonly SeenSeries[]): SeenEngine[] {
  const byEngine = Map.groupBy(placesOf(series), (place) => {
    const engine = engineAt(place);
    return JSON.stringify([engine, matchOf(RECORDS[engine], place.labels)]);
  });
  const found = [...byEngine.values()].map((places) => engineOf(places));
  return found
    .map((one) => withFront(one, found))
    .sort((a, b) => (sortName(a) < sortName(b) ? -1 : 1));
}

function sortName({ model = '', engine }: SeenEngine): string {
  return `${model} ${engine}`.toLowerCase();
}

function placesOf(series: readonly SeenSeries[]): Place[] {
  const places = new Map<string, Place>();
  for (const { name, labels } of series) {
    const sign = SIGNS.get(name);
    if (sign === undefined) continue;
    const { job, instance, pod, namespace, container } = labels;
    const model = labels['model_name'] ?? labels['model'];
    const key = JSON.stringify([job, instance, pod, namespace, container, model]);
    const place = places.get(key) ?? newPlace(labels);
    place.families.add(sign.family.name);
    place.spellings.add(sign.spelling);
    place.names.add(name);
    places.set(key, place);
  }
  // One of two bare names is anybody's.
  return [...places.values()].filter(({ families, names, labels }) => {
    if (families.size > 1 || !families.has('nim')) return true;
    return 'model_name' in labels && names.size > 1;
  });
}

function newPlace(labels: Labels): Place {
  return { labels, families: new Set(), spellings: new Set(), names: new Set() };
}

function engineAt({ families, labels }: Place): Name {
  const family = OUTER.find((one) => families.has(one)) ?? [...families][0] ?? '';
  const engine = ENGINE_OF[family] ?? 'vllm';
  return engine === 'vllm' && 'llm_d_ai_role' in labels ? 'llm-d' : engine;
}

function matchOf({ modelLabel = 'model_name' }: EngineRecord, labels: Labels): Labels {
  const model = labels[modelLabel];
  if (model !== undefined) return { [modelLabel]: model };
  return labels['job'] === undefined ? {} : { job: labels['job'] };
}

function engineOf(places: readonly Place[]): SeenEngine {
  const [first] = places;
  const engine = first === undefined ? 'vllm' : engineAt(first);
  const record: EngineRecord = RECORDS[engine];
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
    tellsRole: role !== undefined && (record.roleLabels ?? []).includes(role.label),
    readBy: readersOf(places),
    trap: TRAPS[engine],
  };
}

/** The engines of whose table one of the families is. */
function readersOf(places: readonly Place[]): Name[] {
  const seen = new Set(places.flatMap(({ families }) => [...families]));
  return (Object.keys(RECORDS) as Name[]).filter((name) =>
    RECORDS[name].families.some((family) => seen.has(family.name)),
  );
}

/** Labels that may say who prefills, the surest first. */
const ROLE_LABELS = ['role', 'engine_type', 'llm_d_ai_role', 'component', 'job', 'service', 'pod'];

function roleOf(record: EngineRecord, places: readonly Labels[]): SeenEngine['role'] {
  for (const label of [...(record.roleLabels ?? []), ...ROLE_LABELS]) {
    const values = [...new Set(places.flatMap((labels) => labels[label] ?? []))];
    const [prefill, decode] = [/prefill/i, /decode/i].map((word) =>
      values.filter((value) => word.test(value)),
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

/** A frontend of the same model counts the requests of the workers behind it. */
function withFront(one: SeenEngine, all: readonly SeenEngine[]): SeenEngine {
  if (isFrontend(one.engine) || one.model === undefined) return one;
  const front = all.find((other) => isFrontend(other.engine) && isSameModel(other, one));
  return front === undefined ? one : { ...one, behind: front.title };
}

function isFrontend(engine: Name): boolean {
  return RECORDS[engine].isFrontend === true;
}

function isSameModel(a: SeenEngine, b: SeenEngine): boolean {
  const plain = (model = '') => model.toLowerCase();
  return plain(a.model) === plain(b.model);
}
