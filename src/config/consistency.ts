/** Checks values of a config file that must agree with each other. */

import { compare, parseExact } from '../domain/exact.ts';
import { JsonNumber } from '../platform/json.ts';
import type { ConfigFault, ConfigPath } from './fault.ts';
import { isAtom, itemPaths, valueAtPath } from './schemaFaults.ts';
import { findExposedWeb } from './webSchema.ts';
import type { ConfigTree } from './yamlTree.ts';

/** Returns the faults. They are found in the raw tree, so a fault elsewhere hides none of them. */
export function findInconsistencies(tree: ConfigTree): ConfigFault[] {
  return [
    ...rangesOutOfOrder(tree, tree.value, []),
    ...pinnedProviders(tree),
    ...endlessCommitments(tree),
    ...unpricedCommitments(tree),
    ...backwardMatches(tree),
    ...itemPaths(tree.value, ['credits']).flatMap((path) => backwardDays(tree, path)),
    ...findRedisFaults(tree),
    ...findExposedWeb(tree),
  ];
}

function rangesOutOfOrder(tree: ConfigTree, value: unknown, path: ConfigPath): ConfigFault[] {
  if (typeof value !== 'object' || value === null || path.length > 8) return [];
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => rangesOutOfOrder(tree, item, [...path, index]));
  }
  const inner = Object.entries(value).flatMap(([key, item]) =>
    rangesOutOfOrder(tree, item, [...path, key]),
  );
  return isOrdered(value as Record<string, unknown>) ? inner : [...inner, outOfOrder(tree, path)];
}

function isOrdered(map: Record<string, unknown>): boolean {
  const [low, base, high] = [map['low'], map['base'], map['high']].map((item) =>
    item instanceof JsonNumber ? parseExact(item.text) : undefined,
  );
  if (low === undefined || base === undefined || high === undefined) return true;
  return compare(low, base) <= 0 && compare(base, high) <= 0;
}

function outOfOrder(tree: ConfigTree, path: ConfigPath): ConfigFault {
  const [low, base, high] = ['low', 'base', 'high'].map(
    (key) => (valueAtPath(tree.value, [...path, key]) as JsonNumber).text,
  );
  const found = `found low ${low}, base ${base}, high ${high}`;
  const problem = `${found}, expected low ≤ base ≤ high; reorder them`;
  return { path, place: tree.placeOf(path), problem };
}

function pinnedProviders(tree: ConfigTree): ConfigFault[] {
  const deployments = valueAtPath(tree.value, ['deployments']);
  return Object.keys(deployments ?? {}).flatMap((id) => {
    const path = ['deployments', id, 'hosted'];
    const policy = valueAtPath(tree.value, [...path, 'policy']);
    const pinned = valueAtPath(tree.value, [...path, 'pinned']);
    const fault = (key: string, problem: string) => {
      const place = tree.placeOf([...path, key]);
      return [{ path: [...path, key], place, problem }];
    };
    if (policy === 'pinned' && pinned === undefined) {
      return fault(
        'pinned',
        'missing, expected the provider to pin; name it, or use policy: cheapest',
      );
    }
    if (pinned === undefined || policy === undefined || policy === 'pinned') return [];
    return fault('policy', 'found another policy beside a pinned provider; remove one of the two');
  });
}

/** A commitment needs a price, and each kind of price needs its terms. */
function unpricedCommitments(tree: ConfigTree): ConfigFault[] {
  const commitments = valueAtPath(tree.value, ['commitments']);
  if (!Array.isArray(commitments)) return [];
  return commitments.flatMap((item: unknown, index) => {
    const isMap = typeof item === 'object' && item !== null && Object.getPrototypeOf(item) === null;
    const path = ['commitments', index];
    const problem = isMap ? priceProblem(item) : undefined;
    const priced = problem === undefined ? [] : [{ path, place: tree.placeOf(path), problem }];
    return [...priced, ...backwardDays(tree, path)];
  });
}

function priceProblem(item: object): string | undefined {
  const has = (key: string) => key in item;
  if (has('usdUpfront') && !(has('from') && has('until'))) {
    return 'found usdUpfront without its term, expected from and until as well; add both days';
  }
  if (has('usdPerGpuHour') && !has('gpus')) {
    return 'found usdPerGpuHour without gpus, expected both; add how many GPUs are committed';
  }
  if (['usdPerMonth', 'usdUpfront', 'usdPerGpuHour'].some(has)) return undefined;
  return (
    'found no price, expected usdPerMonth, usdUpfront, or gpus with usdPerGpuHour; add the ' +
    'committed amount'
  );
}

function backwardMatches(tree: ConfigTree): ConfigFault[] {
  const deployments = valueAtPath(tree.value, ['deployments']);
  return Object.keys(deployments ?? {})
    .flatMap((id) => itemPaths(tree.value, ['deployments', id, 'resources']))
    .flatMap((resource) => backwardDays(tree, [...resource, 'match']));
}

/** Dates like `2026-07-01` compare correctly as text. */
function backwardDays(tree: ConfigTree, path: ConfigPath): ConfigFault[] {
  const [from, until] = ['from', 'until'].map((key) => valueAtPath(tree.value, [...path, key]));
  if (typeof from !== 'string' || typeof until !== 'string' || from <= until) return [];
  const problem = `found from ${from} and until ${until}, expected from ≤ until; swap them`;
  return [{ path, place: tree.placeOf(path), problem }];
}

/** A commitment with neither an end nor a notice period cannot be compared with anything. */
function endlessCommitments(tree: ConfigTree): ConfigFault[] {
  const commitments = valueAtPath(tree.value, ['commitments']);
  if (!Array.isArray(commitments)) return [];
  return commitments.flatMap((item: unknown, index) => {
    const isMap = typeof item === 'object' && item !== null && Object.getPrototypeOf(item) === null;
    if (!isMap || 'until' in item || 'noticeDays' in item) return [];
    const path = ['commitments', index];
    const problem =
      'found neither until nor noticeDays, expected at least one of them; add the last ' +
      'committed day or the days of notice';
    return [{ path, place: tree.placeOf(path), problem }];
  });
}

/** Exactly one of these keys gives the address of Redis. */
const ADDRESS_KEYS = ['url', 'sentinels', 'cluster'];

/** Keys that need one of these addresses; a `url` contains its own user and password. */
const KEY_OWNERS: Readonly<Record<string, readonly string[]>> = {
  name: ['sentinels'],
  sentinelPassword: ['sentinels'],
  username: ['sentinels', 'cluster'],
  password: ['sentinels', 'cluster'],
};

/** Returns the faults. They are found in the raw tree, so a fault elsewhere hides none of them. */
function findRedisFaults(tree: ConfigTree): ConfigFault[] {
  const section = valueAtPath(tree.value, ['redis']);
  if (typeof section !== 'object' || section === null || Array.isArray(section)) return [];
  if (isAtom(section)) return [];
  const addresses = ADDRESS_KEYS.filter((key) => key in section);
  const [address, second] = addresses;
  if (address === undefined) return [redisFault(tree, [], NO_ADDRESS)];
  if (second !== undefined) {
    const problem = `found both ${second} and ${address}, expected one of them; remove the other`;
    return [redisFault(tree, [second], problem)];
  }
  return [
    ...misplacedKeys(tree, section, address),
    ...missingSentinelName(tree, section, address),
    ...incompleteTls(tree),
  ];
}

const NO_ADDRESS =
  'found no address, expected url, sentinels (with name) or cluster; add one of them';

function misplacedKeys(tree: ConfigTree, section: object, address: string): ConfigFault[] {
  return Object.entries(KEY_OWNERS)
    .filter(([key, owners]) => key in section && !owners.includes(address))
    .map(([key, owners]) => {
      const remedy = owners.includes('cluster') ? 'put it into the URL' : 'remove it';
      return redisFault(
        tree,
        [key],
        `found together with ${address}, expected with ${owners[0]}; ${remedy}`,
      );
    });
}

function missingSentinelName(tree: ConfigTree, section: object, address: string): ConfigFault[] {
  if (address !== 'sentinels' || 'name' in section) return [];
  const problem = "missing, expected the sentinels' name for the master; add it";
  return [redisFault(tree, ['name'], problem)];
}

/** A client certificate needs its key, and a key its certificate. */
function incompleteTls(tree: ConfigTree): ConfigFault[] {
  const given = (key: string) => valueAtPath(tree.value, ['redis', 'tls', key]) !== undefined;
  if (given('cert') === given('key')) return [];
  const [there, missing] = given('cert') ? ['cert', 'key'] : ['key', 'cert'];
  return [
    redisFault(tree, ['tls', there], `found without ${missing}, expected both; add ${missing}`),
  ];
}

function redisFault(tree: ConfigTree, inner: readonly string[], problem: string): ConfigFault {
  const path = ['redis', ...inner];
  return { path, place: tree.placeOf(path), problem };
}
