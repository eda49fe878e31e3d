/** Assigns incidents to deployments, by the rules of the config or by a matching name. */

import type { Config } from '../config/config.ts';
import { matchesGlob } from '../domain/glob.ts';
import type { PullWarning } from '../domain/pullWarning.ts';

interface IncidentOwner {
  /**
   * Returns the deployment of the first rule that matches a name, otherwise the one with that name.
   */
  readonly deploymentOf: (names: readonly string[]) => string | undefined;
  /** Returns a warning about names without a deployment; none if all have one. */
  readonly warnings: () => readonly PullWarning[];
}

/** Number of names in the warning. */
const MAX_NAMED_SERVICES = 10;

/** The parts of the config that decide. */
interface OwnerRules {
  readonly ops: Pick<Config['ops'], 'services'>;
  readonly deployments: readonly Pick<Config['deployments'][number], 'id'>[];
}

export function createIncidentOwner({ ops, deployments }: OwnerRules): IncidentOwner {
  const ids = new Set(deployments.map(({ id }) => id));
  const unowned = new Set<string>();
  return {
    deploymentOf(names) {
      const rule = ops.services.find(({ pattern }) =>
        names.some((name) => matchesGlob(pattern, name)),
      );
      const owner = rule?.deployment ?? names.find((name) => ids.has(name));
      if (owner === undefined && unowned.size <= MAX_NAMED_SERVICES)
        unowned.add(names[0] ?? 'no service');
      return owner;
    },
    warnings: () => (unowned.size === 0 ? [] : [unownedWarning([...unowned])]),
  };
}

function unownedWarning(names: readonly string[]): PullWarning {
  const services = names.slice(0, MAX_NAMED_SERVICES).map((name) => name.slice(0, 60));
  return { code: 'hours-not-assigned', services, hasMore: names.length > MAX_NAMED_SERVICES };
}
