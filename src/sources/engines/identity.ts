/** Identifies the process of a target by its address and model, not by its other labels. */

import { shortText } from '../../platform/json.ts';
import { type SeriesLabels, toLabelKey } from './samples.ts';

/**
 * The address label of a worker that a router reports. It identifies the worker instead of the
 * router's address.
 */
const WORKER_ADDRESS = 'worker_addr';

/**
 * Labels of the scraper, or of a pair of scrapers for one server. They never distinguish two
 * processes.
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

/** Labels that distinguish processes at one address behind Ray's agent. */
const BEHIND_AGENT = ['WorkerId', 'ReplicaId'] as const;

/**
 * A text that is the same for all copies of one process. It consists of the model and the process's
 * address. The address is `instance`, or `exported_instance` if a server in between renamed it.
 * Without one, it is the namespace and pod, or all labels but the scraper's. Two models at one
 * address have different identities, and so do Ray's workers.
 */
export function processIdentity(labels: SeriesLabels, modelLabel = 'model_name'): string {
  const model = labels[modelLabel] ?? '';
  return JSON.stringify([model, ...workerKey(labels), ...placeKey(labels)]);
}

/** The key of a process without its model, so it is the same for all of its models. */
export function toHostKey(labels: SeriesLabels, modelLabel = 'model_name'): string {
  const { [modelLabel]: _, ...others } = labels;
  return JSON.stringify([...workerKey(labels), ...placeKey(others)]);
}

function workerKey(labels: SeriesLabels): string[] {
  return BEHIND_AGENT.map((name) => labels[name] ?? '');
}

function placeKey(labels: SeriesLabels): string[] {
  const address = addressOf(labels);
  if (address !== undefined) return ['instance', address];
  const pod = podKey(labels);
  if (pod !== undefined) return pod;
  const others = Object.entries(labels).filter(([name]) => !OF_SCRAPER.has(name));
  return ['labels', toLabelKey(Object.fromEntries(others))];
}

function podKey(labels: SeriesLabels): string[] | undefined {
  const pod = findPod(labels);
  const namespace = labels['exported_namespace'] ?? labels['namespace'] ?? '';
  return pod === undefined ? undefined : ['pod', namespace, pod];
}

/** The key of a pod and model, whatever the port; `undefined` without a pod. */
export function toPodKey(labels: SeriesLabels, modelLabel = 'model_name'): string | undefined {
  const pod = podKey(labels);
  return pod === undefined
    ? undefined
    : JSON.stringify([labels[modelLabel] ?? '', ...workerKey(labels), ...pod]);
}

function addressOf(labels: SeriesLabels): string | undefined {
  const scraped = labels['exported_instance'] ?? labels['instance'];
  const worker = labels[WORKER_ADDRESS]?.replace(/^\w+:\/\//, '');
  if (worker === undefined) return scraped;
  // A local address is only meaningful to the router.
  const isLocal = /^(?:localhost|127\.|\[::1\])/.test(worker);
  return isLocal ? `${scraped ?? ''} ${worker}`.trim() : worker;
}

/**
 * Whether a label only states where a process runs or who scrapes it, and nothing about its
 * requests.
 */
export function isPlaceLabel(name: string): boolean {
  return (
    OF_SCRAPER.has(name) || PLACE_LABELS.has(name) || BEHIND_AGENT.some((agent) => agent === name)
  );
}

const PLACE_LABELS: ReadonlySet<string> = new Set([
  ...['instance', 'namespace', 'pod', 'container', 'node', 'cluster', 'host', 'hostname'].flatMap(
    (name) => [name, `exported_${name}`],
  ),
  WORKER_ADDRESS,
  'model_name',
  'model',
]);

/** The pod of a process. If the exporter's own pod replaced the label, it is `exported_pod`. */
export function findPod(labels: SeriesLabels): string | undefined {
  return labels['exported_pod'] ?? labels['pod'];
}

/** The name of a process for people: `10.0.0.1:8000`, else its pod, else its labels. */
export function toProcessName(labels: SeriesLabels): string {
  const name = addressOf(labels) ?? findPod(labels);
  return shortText(name ?? JSON.stringify(labels), 120);
}

interface Scraped {
  readonly labels: SeriesLabels;
  readonly spelling: string;
}

/** The labels in which copies differ, with their values: `job "a" and "b"`. */
export function describeDifference(targets: readonly Scraped[]): string {
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
