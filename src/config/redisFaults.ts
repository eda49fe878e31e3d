/**
 * Checks that the section `redis` has exactly one address, with only the keys that belong to it.
 */

import type { ConfigFault } from './fault.ts';
import { valueAtPath } from './issues.ts';
import { isAtom } from './notMaps.ts';
import type { ConfigTree } from './yamlTree.ts';

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
export function findRedisFaults(tree: ConfigTree): ConfigFault[] {
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
