/** Checks that every recipient of a report can be reached and is listed only once. */

import { ADDRESSED_KINDS, MAIL_CHANNEL } from '../delivery/options.ts';
import { nearest, shown } from '../platform/wording.ts';
import type { Fault, Path } from './fault.ts';
import { valueAt } from './issues.ts';
import type { Tree } from './yamlTree.ts';

/** Returns the faults. They are found in the raw tree, so a fault elsewhere hides none of them. */
export function audienceFaults(tree: Tree): Fault[] {
  if (!isMap(valueAt(tree.value, ['report']))) return [];
  return [
    ...reservedChannel(tree),
    ...noRecipient(tree),
    ...unheardAlert(tree),
    ...recipientPaths(tree).flatMap((path) => recipientFaults(tree, path)),
    ...duplicateRecipients(tree),
  ];
}

const RECIPIENTS: Path = ['report', 'recipients'];
const CHANNELS: Path = ['report', 'channels'];

function recipientPaths({ value }: Tree): Path[] {
  return items(value, RECIPIENTS).map((_, index) => [...RECIPIENTS, index]);
}

function recipientFaults(tree: Tree, path: Path): Fault[] {
  if (!isMap(valueAt(tree.value, path))) return [];
  return [...channelFaults(tree, path), ...deploymentFaults(tree, path)];
}

function channelFaults(tree: Tree, path: Path): Fault[] {
  const channel = channelOf(tree, path);
  if (typeof channel !== 'string') return [];
  const known = [MAIL_CHANNEL, ...keys(tree.value, CHANNELS)];
  if (!known.includes(channel)) {
    const meant = nearest(channel, known);
    const remedy =
      meant === undefined ? 'add it under report.channels' : `did you mean "${meant}"?`;
    const expected = `expected the id of a channel (${known.join(', ')})`;
    return [faultAt(tree, [...path, 'channel'], `found ${shown(channel)}, ${expected}; ${remedy}`)];
  }
  return addressFaults(tree, path, channel);
}

function addressFaults(tree: Tree, path: Path, channel: string): Fault[] {
  const kind =
    channel === MAIL_CHANNEL ? MAIL_CHANNEL : valueAt(tree.value, [...CHANNELS, channel, 'kind']);
  if (typeof kind !== 'string') return [];
  const inner = [...path, 'address'];
  const address = valueAt(tree.value, inner);
  if (ADDRESSED_KINDS.includes(kind)) {
    const missing = 'missing, expected one mail address like cfo@example.com; add it';
    return address === undefined ? [faultAt(tree, inner, missing)] : [];
  }
  if (address === undefined || !['slack', 'teams'].includes(kind)) return [];
  const problem = `found an address, but a ${kind} webhook posts to one place; remove it`;
  return [faultAt(tree, inner, problem)];
}

function deploymentFaults(tree: Tree, path: Path): Fault[] {
  const list = [...path, 'deployments'];
  const role = valueAt(tree.value, [...path, 'role']);
  if (valueAt(tree.value, list) !== undefined && (role === 'leader' || role === 'finance')) {
    const problem = `found deployments for a ${role}, which only an owner's report can have`;
    return [faultAt(tree, list, `${problem}; remove them, or write role: owner`)];
  }
  const known = keys(tree.value, ['deployments']);
  return items(tree.value, list).flatMap((id, index) => {
    if (typeof id !== 'string' || known.includes(id)) return [];
    const meant = nearest(id, known);
    const remedy = meant === undefined ? 'add it under deployments' : `did you mean "${meant}"?`;
    const names = known.length === 0 ? '' : ` (${known.join(', ')})`;
    const problem = `found ${shown(id)}, expected the id of a deployment${names}; ${remedy}`;
    return [faultAt(tree, [...list, index], problem)];
  });
}

function reservedChannel(tree: Tree): Fault[] {
  const path = [...CHANNELS, MAIL_CHANNEL];
  if (valueAt(tree.value, path) === undefined) return [];
  const problem =
    `found a channel named "${MAIL_CHANNEL}", but mail is set up in the section smtp; ` +
    'rename it';
  return [{ path, place: tree.placeOfKey(path), problem }];
}

function noRecipient(tree: Tree): Fault[] {
  const given = (key: string) => valueAt(tree.value, ['report', key]);
  const lists = [given('to'), given('recipients')];
  if (lists.some((list) => list !== undefined && !(Array.isArray(list) && list.length === 0))) {
    return [];
  }
  const problem = 'found no recipient, expected to or recipients; add at least one';
  return [faultAt(tree, ['report', 'to'], problem)];
}

function unheardAlert(tree: Tree): Fault[] {
  const path = ['report', 'deadMan'];
  const section = valueAt(tree.value, path);
  if (!isMap(section) || 'to' in section || 'webhook' in section) return [];
  if (valueAt(tree.value, ['report', 'owner']) !== undefined) return [];
  const problem = 'found neither to, webhook nor report.owner, so no one would receive it';
  return [faultAt(tree, path, `${problem}; add one of them`)];
}

/** A report that would go to the same place twice. */
function duplicateRecipients(tree: Tree): Fault[] {
  const seen = new Set<string>();
  const leaders = items(tree.value, ['report', 'to']).map((to, index) => ({
    path: ['report', 'to', index] as Path,
    destinations: [[MAIL_CHANNEL, to, 'leader']],
  }));
  const others = recipientPaths(tree).map((path) => ({
    path,
    destinations: destinationsOf(tree, path),
  }));
  return [...leaders, ...others].flatMap(({ path, destinations }) => {
    const texts = destinations.map((each) => JSON.stringify(each).toLowerCase());
    const again = texts.some((text) => seen.has(text));
    for (const text of texts) seen.add(text);
    const problem = 'found a report that already goes to the same place; remove one of the two';
    return again ? [faultAt(tree, path, problem)] : [];
  });
}

function destinationsOf(tree: Tree, path: Path): unknown[][] {
  const at = (key: string) => valueAt(tree.value, [...path, key]) ?? null;
  const place = [channelOf(tree, path), at('address'), at('role')];
  const deployments = items(tree.value, [...path, 'deployments']);
  const all = deployments.length > 0 ? deployments : keys(tree.value, ['deployments']);
  return at('role') === 'owner' ? all.map((id) => [...place, id]) : [place];
}

function channelOf(tree: Tree, path: Path): unknown {
  return valueAt(tree.value, [...path, 'channel']) ?? MAIL_CHANNEL;
}

function faultAt(tree: Tree, path: Path, problem: string): Fault {
  return { path, place: tree.placeOf(path), problem };
}

function items(value: unknown, path: Path): unknown[] {
  const list = valueAt(value, path);
  return Array.isArray(list) ? list : [];
}

function keys(value: unknown, path: Path): string[] {
  const map = valueAt(value, path);
  return isMap(map) ? Object.keys(map) : [];
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === null;
}
