/** Whether the section `redis` gives exactly one address, with only the keys that belong to it. */

import type { Fault } from './fault.ts';
import { valueAt } from './issues.ts';
import { isAtom } from './notMaps.ts';
import type { Tree } from './yamlTree.ts';

/** One of them says where the queue is. */
const PLACES = ['url', 'sentinels', 'cluster'];

/** What belongs to some of the places alone; an address holds its user and password itself. */
const BELONGS: Readonly<Record<string, readonly string[]>> = {
  name: ['sentinels'],
  sentinelPassword: ['sentinels'],
  username: ['sentinels', 'cluster'],
  password: ['sentinels', 'cluster'],
};

/** Faults told from the tree, so that faults elsewhere hide none of them. */
export function redisFaults(tree: Tree): Fault[] {
  const section = valueAt(tree.value, ['redis']);
  if (typeof section !== 'object' || section === null || Array.isArray(section)) return [];
  if (isAtom(section)) return [];
  const places = PLACES.filter((key) => key in section);
  const [place, second] = places;
  if (place === undefined) return [fault(tree, [], NOWHERE)];
  if (second !== undefined) {
    const problem = `found both ${second} and ${place}, expected one of them; remove the other`;
    return [fault(tree, [second], problem)];
  }
  return [...strays(tree, section, place), ...unnamed(tree, section, place), ...half(tree)];
}

const NOWHERE = 'found no address, expected url, sentinels (with name) or cluster; add one of them';

function strays(tree: Tree, section: object, place: string): Fault[] {
  return Object.entries(BELONGS)
    .filter(([key, owners]) => key in section && !owners.includes(place))
    .map(([key, owners]) => {
      const remedy = owners.includes('cluster') ? 'put it into the URL' : 'remove it';
      return fault(
        tree,
        [key],
        `found together with ${place}, expected with ${owners[0]}; ${remedy}`,
      );
    });
}

function unnamed(tree: Tree, section: object, place: string): Fault[] {
  if (place !== 'sentinels' || 'name' in section) return [];
  const problem = "missing, expected the sentinels' name for the master; add it";
  return [fault(tree, ['name'], problem)];
}

/** A certificate is worth nothing without its key. */
function half(tree: Tree): Fault[] {
  const given = (key: string) => valueAt(tree.value, ['redis', 'tls', key]) !== undefined;
  if (given('cert') === given('key')) return [];
  const [there, missing] = given('cert') ? ['cert', 'key'] : ['key', 'cert'];
  return [fault(tree, ['tls', there], `found without ${missing}, expected both; add ${missing}`)];
}

function fault(tree: Tree, inner: readonly string[], problem: string): Fault {
  const path = ['redis', ...inner];
  return { path, place: tree.placeOf(path), problem };
}
