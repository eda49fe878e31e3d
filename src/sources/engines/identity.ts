/** Which process a target belongs to: its address and model decide, not its labels. */

import { shortText } from '../../platform/json.ts';
import { type Labels, labelText } from './samples.ts';

/** A worker that a router tells of is known by its own address, not by the router's. */
const WORKER_ADDRESS = 'worker_addr';

/**
 * Labels of the side that scrapes or of a pair of servers that keep the same: they never tell two
 * processes apart.
 */
const OF_SCRAPER: ReadonlySet<string> = new Set([
  'job',
  'exported_job',
  'prometheus',
  'prometheus_replica',
  'prometheus_group',
  'replica',
  '__replica__',
  'monitor',
  'receive_replica',
  'rule_replica',
]);

/** Processes that share one address behind Ray's agent have names of their own. */
const BEHIND_AGENT = ['WorkerId', 'ReplicaId'] as const;

/**
 * A text that is the same for all copies of one process: its address (`instance`, or what a server
 * in between has renamed to `exported_instance`), else its namespace and pod, else all labels that
 * are not the scraper's; and the model. Two models at one address are told apart, and so are Ray's
 * workers.
 */
export function identityOf(labels: Labels, modelLabel = 'model_name'): string {
  const model = labels[modelLabel] ?? '';
  return JSON.stringify([model, ...workersOf(labels), ...placeOf(labels)]);
}

/** The same for all models of one process: its identity without the model. */
export function hostKeyOf(labels: Labels, modelLabel = 'model_name'): string {
  const { [modelLabel]: _, ...others } = labels;
  return JSON.stringify([...workersOf(labels), ...placeOf(others)]);
}

function workersOf(labels: Labels): string[] {
  return BEHIND_AGENT.map((name) => labels[name] ?? '');
}

function placeOf(labels: Labels): string[] {
  const address = addressOf(labels);
  if (address !== undefined) return ['instance', address];
  const pod = podPlace(labels);
  if (pod !== undefined) return pod;
  const others = Object.entries(labels).filter(([name]) => !OF_SCRAPER.has(name));
  return ['labels', labelText(Object.fromEntries(others))];
}

function podPlace(labels: Labels): string[] | undefined {
  const pod = podOf(labels);
  const namespace = labels['exported_namespace'] ?? labels['namespace'] ?? '';
  return pod === undefined ? undefined : ['pod', namespace, pod];
}

/** The same for all that a pod tells of one model, at whichever port; absent without a pod. */
export function podPlaceOf(labels: Labels, modelLabel = 'model_name'): string | undefined {
  const pod = podPlace(labels);
  return pod === undefined
    ? undefined
    : JSON.stringify([labels[modelLabel] ?? '', ...workersOf(labels), ...pod]);
}

function addressOf(labels: Labels): string | undefined {
  const scraped = labels['exported_instance'] ?? labels['instance'];
  const worker = labels[WORKER_ADDRESS]?.replace(/^\w+:\/\//, '');
  if (worker === undefined) return scraped;
  // An address of its own machine is known to the router alone.
  const isLocal = /^(?:localhost|127\.|\[::1\])/.test(worker);
  return isLocal ? `${scraped ?? ''} ${worker}`.trim() : worker;
}

/** Labels that say where a process runs or who scrapes it, and nothing of its requests. */
export function isOfPlace(name: string): boolean {
  return OF_SCRAPER.has(name) || PLACES.has(name) || BEHIND_AGENT.some((agent) => agent === name);
}

const PLACES: ReadonlySet<string> = new Set([
  ...['instance', 'namespace', 'pod', 'container', 'node', 'cluster', 'host', 'hostname'].flatMap(
    (name) => [name, `exported_${name}`],
  ),
  WORKER_ADDRESS,
  'model_name',
  'model',
]);

/** Its pod; one that an exporter's own has pushed aside is the right one. */
export function podOf(labels: Labels): string | undefined {
  return labels['exported_pod'] ?? labels['pod'];
}

/** How a person finds the process: `10.0.0.1:8000`, else its pod, else its labels. */
export function nameOf(labels: Labels): string {
  const told = addressOf(labels) ?? podOf(labels);
  return shortText(told ?? JSON.stringify(labels), 120);
}

interface Scraped {
  readonly labels: Labels;
  readonly spelling: string;
}

/** Which labels keep copies apart, with their values: `job "a" and "b"`. */
export function differenceOf(targets: readonly Scraped[]): string {
  const names = new Set(targets.flatMap(({ labels }) => Object.keys(labels)));
  const parts = [...names].sort().flatMap((name) => {
    const values = [...new Set(targets.map(({ labels }) => labels[name] ?? ''))].sort();
    if (values.length < 2) return [];
    return [`${name} ${values.map((value) => JSON.stringify(shortText(value, 40))).join(' and ')}`];
  });
  const spellings = [...new Set(targets.map(({ spelling }) => spelling))].sort();
  const spelled = spellings.length > 1 ? [`names in ${spellings.join(' and ')}`] : [];
  return shortText([...parts, ...spelled].join(', '), 200);
}
