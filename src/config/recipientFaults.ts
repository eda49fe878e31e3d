/** Checks that every recipient of a report can be reached and is listed only once. */

import { ADDRESSED_KINDS, MAIL_CHANNEL } from '../delivery/options.ts';
import { nearestWord, quoteShort } from '../platform/text.ts';
import type { ConfigFault, ConfigPath } from './fault.ts';
import { valueAtPath } from './schemaFaults.ts';
import type { ConfigTree } from './yamlTree.ts';

/** Returns the faults. They are found in the raw tree, so a fault elsewhere hides none of them. */
export function findRecipientFaults(tree: ConfigTree): ConfigFault[] {
  if (!isMap(valueAtPath(tree.value, ['report']))) return [];
  return [
    ...reservedChannel(tree),
    ...noRecipient(tree),
    ...unheardAlert(tree),
    ...recipientPaths(tree).flatMap((path) => recipientFaults(tree, path)),
    ...duplicateRecipients(tree),
  ];
}

const RECIPIENTS: ConfigPath = ['report', 'recipients'];
const CHANNELS: ConfigPath = ['report', 'channels'];

function recipientPaths({ value }: ConfigTree): ConfigPath[] {
  return items(value, RECIPIENTS).map((_, index) => [...RECIPIENTS, index]);
}

function recipientFaults(tree: ConfigTree, path: ConfigPath): ConfigFault[] {
  if (!isMap(valueAtPath(tree.value, path))) return [];
  return [...channelFaults(tree, path), ...deploymentFaults(tree, path)];
}

function channelFaults(tree: ConfigTree, path: ConfigPath): ConfigFault[] {
  const channel = channelOf(tree, path);
  if (typeof channel !== 'string') return [];
  const known = [MAIL_CHANNEL, ...keys(tree.value, CHANNELS)];
  if (!known.includes(channel)) {
    const meant = nearestWord(channel, known);
    const remedy =
      meant === undefined ? 'add it under report.channels' : `did you mean "${meant}"?`;
    const expected = `expected the id of a channel (${known.join(', ')})`;
    return [
      faultAt(tree, [...path, 'channel'], `found ${quoteShort(channel)}, ${expected}; ${remedy}`),
    ];
  }
  return addressFaults(tree, path, channel);
}

function addressFaults(tree: ConfigTree, path: ConfigPath, channel: string): ConfigFault[] {
  const kind =
    channel === MAIL_CHANNEL
      ? MAIL_CHANNEL
      : valueAtPath(tree.value, [...CHANNELS, channel, 'kind']);
  if (typeof kind !== 'string') return [];
  const inner = [...path, 'address'];
  const address = valueAtPath(tree.value, inner);
  if (ADDRESSED_KINDS.includes(kind)) {
    const missing = 'missing, expected one mail address like cfo@example.com; add it';
    return address === undefined ? [faultAt(tree, inner, missing)] : [];
  }
  if (address === undefined || !['slack', 'teams'].includes(kind)) return [];
  const problem = `found an address, but a ${kind} webhook posts to one place; remove it`;
  return [faultAt(tree, inner, problem)];
}

function deploymentFaults(tree: ConfigTree, path: ConfigPath): ConfigFault[] {
  const list = [...path, 'deployments'];
  const role = valueAtPath(tree.value, [...path, 'role']);
  if (valueAtPath(tree.value, list) !== undefined && (role === 'leader' || role === 'finance')) {
    const problem = `found deployments for a ${role}, which only an owner's report can have`;
    return [faultAt(tree, list, `${problem}; remove them, or write role: owner`)];
  }
  const known = keys(tree.value, ['deployments']);
  return items(tree.value, list).flatMap((id, index) => {
    if (typeof id !== 'string' || known.includes(id)) return [];
    const meant = nearestWord(id, known);
    const remedy = meant === undefined ? 'add it under deployments' : `did you mean "${meant}"?`;
    const names = known.length === 0 ? '' : ` (${known.join(', ')})`;
    const problem = `found ${quoteShort(id)}, expected the id of a deployment${names}; ${remedy}`;
    return [faultAt(tree, [...list, index], problem)];
  });
}

function reservedChannel(tree: ConfigTree): ConfigFault[] {
  const path = [...CHANNELS, MAIL_CHANNEL];
  if (valueAtPath(tree.value, path) === undefined) return [];
  const problem =
    `found a channel named "${MAIL_CHANNEL}", but mail is set up in the section smtp; ` +
    'rename it';
  return [{ path, place: tree.placeOfKey(path), problem }];
}

function noRecipient(tree: ConfigTree): ConfigFault[] {
  const given = (key: string) => valueAtPath(tree.value, ['report', key]);
  const lists = [given('to'), given('recipients')];
  if (lists.some((list) => list !== undefined && !(Array.isArray(list) && list.length === 0))) {
    return [];
  }
  const problem = 'found no recipient, expected to or recipients; add at least one';
  return [faultAt(tree, ['report', 'to'], problem)];
}

function unheardAlert(tree: ConfigTree): ConfigFault[] {
  const path = ['report', 'deadMan'];
  const section = valueAtPath(tree.value, path);
  if (!isMap(section) || 'to' in section || 'webhook' in section) return [];
  if (valueAtPath(tree.value, ['report', 'owner']) !== undefined) return [];
  const problem = 'found neither to, webhook nor report.owner, so no one would receive it';
  return [faultAt(tree, path, `${problem}; add one of them`)];
}

/** A report that would go to the same place twice. */
function duplicateRecipients(tree: ConfigTree): ConfigFault[] {
  const seen = new Set<string>();
  const leaders = items(tree.value, ['report', 'to']).map((to, index) => ({
    path: ['report', 'to', index] as ConfigPath,
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

function destinationsOf(tree: ConfigTree, path: ConfigPath): unknown[][] {
  const at = (key: string) => valueAtPath(tree.value, [...path, key]) ?? null;
  const place = [channelOf(tree, path), at('address'), at('role')];
  const deployments = items(tree.value, [...path, 'deployments']);
  const all = deployments.length > 0 ? deployments : keys(tree.value, ['deployments']);
  return at('role') === 'owner' ? all.map((id) => [...place, id]) : [place];
}

function channelOf(tree: ConfigTree, path: ConfigPath): unknown {
  return valueAtPath(tree.value, [...path, 'channel']) ?? MAIL_CHANNEL;
}

function faultAt(tree: ConfigTree, path: ConfigPath, problem: string): ConfigFault {
  return { path, place: tree.placeOf(path), problem };
}

function items(value: unknown, path: ConfigPath): unknown[] {
  const list = valueAtPath(value, path);
  return Array.isArray(list) ? list : [];
}

function keys(value: unknown, path: ConfigPath): string[] {
  const map = valueAtPath(value, path);
  return isMap(map) ? Object.keys(map) : [];
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === null;
}
