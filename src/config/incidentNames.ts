/** Which deployment an incident belongs to: the first rule of the file that matches. */

import type { ServiceConfig } from './config.ts';
import type { Tree } from './yamlTree.ts';

/**
 * The entries of `ops.services` by their place in the file, for the first that fits a name counts.
 * A map alone would put names that are whole numbers first.
 */
export function servicesInOrder(
  services: Readonly<Record<string, string>>,
  tree: Tree,
): ServiceConfig[] {
  const placed = Object.entries(services).map(([pattern, deployment]) => ({
    entry: { pattern, deployment },
    place: tree.placeOfKey(['ops', 'services', pattern]),
  }));
  return placed
    .sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column)
    .map(({ entry }) => entry);
}
