/** Which process a target belongs to: its address and model decide, not its labels. */

import { shortText } from '../../platform/json.ts';
import type { Labels } from './samples.ts';
import { labelText, type Target } from './targets.ts';

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
export function identityOf(labels: Labels): string {
  const { model_name: model = '' } = labels;
  const workers = BEHIND_AGENT.map((name) => labels[name] ?? '');
  return JSON.stringify([model, ...workers, ...placeOf(labels)]);
}

function placeOf(labels: Labels): string[] {
  const address = labels['exported_instance'] ?? labels['instance'];
  if (address !== undefined) return ['instance', address];
  const pod = podOf(labels);
  const namespace = labels['exported_namespace'] ?? labels['namespace'] ?? '';
  if (pod !== undefined) return ['pod', namespace, pod];
  const others = Object.entries(labels).filter(([name]) => !OF_SCRAPER.has(name));
  return ['labels', labelText(Object.fromEntries(others))];
}

/** Its pod; one that an exporter's own has pushed aside is the right one. */
export function podOf(labels: Labels): string | undefined {
  return labels['exported_pod'] ?? labels['pod'];
}

/** How a person finds the process: `10.0.0.1:8000`, else its pod, else its labels. */
export function nameOf(labels: Labels): string {
  const told = labels['exported_instance'] ?? labels['instance'] ?? podOf(labels);
  return shortText(told ?? JSON.stringify(labels), 120);
}

/** Which labels keep copies apart, with their values: `job "a" and "b"`. */
export function differenceOf(targets: readonly Target[]): string {
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
