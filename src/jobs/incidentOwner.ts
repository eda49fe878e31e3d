/** Assigns incidents to deployments, by the rules of the config or by a matching name. */

import type { Config } from '../config/config.ts';
import { matchesGlob } from '../domain/glob.ts';

interface IncidentOwner {
  /** The deployment by the first rule that fits a name; else the one that is called so. */
  readonly deploymentOf: (names: readonly string[]) => string | undefined;
  /** What a person should know of the names that nobody owns; none where all are owned. */
  readonly warnings: () => readonly string[];
}

/** More names are not worth a line each. */
const MOST_NAMED = 10;

/** What of config tells it. */
interface Rules {
  readonly ops: Pick<Config['ops'], 'services'>;
  readonly deployments: readonly Pick<Config['deployments'][number], 'id'>[];
}

export function incidentOwner({ ops, deployments }: Rules): IncidentOwner {
  const ids = new Set(deployments.map(({ id }) => id));
  const unowned = new Set<string>();
  return {
    deploymentOf(names) {
      const rule = ops.services.find(({ pattern }) =>
        names.some((name) => matchesGlob(pattern, name)),
      );
      const owner = rule?.deployment ?? names.find((name) => ids.has(name));
      if (owner === undefined && unowned.size <= MOST_NAMED) unowned.add(names[0] ?? 'no service');
      return owner;
    },
    warnings: () => (unowned.size === 0 ? [] : [sentence([...unowned])]),
  };
}

function sentence(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED).map((name) => `"${name.slice(0, 60)}"`);
  const more = names.length > MOST_NAMED ? ' and others' : '';
  return (
    `Hours of ${shown.join(', ')}${more} count for the whole stack. ` +
    'To assign them to deployments, add rules under ops.services in rentcheck.yaml.'
  );
}
