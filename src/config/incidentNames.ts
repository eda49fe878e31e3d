/** Orders the rules that assign incidents to deployments. */

import type { ServiceConfig } from './config.ts';
import type { ConfigTree } from './yamlTree.ts';

/**
 * Returns the entries of `ops.services` in the file's order, because the first match counts. A
 * plain map would put whole-number names first.
 */
export function servicesInOrder(
  services: Readonly<Record<string, string>>,
  tree: ConfigTree,
): ServiceConfig[] {
  const placed = Object.entries(services).map(([pattern, deployment]) => ({
    entry: { pattern, deployment },
    place: tree.placeOfKey(['ops', 'services', pattern]),
  }));
  return placed
    .sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column)
    .map(({ entry }) => entry);
}
