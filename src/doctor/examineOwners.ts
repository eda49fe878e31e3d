/** Finds deployments and commitments without an owner, and commitments without a notice period. */

import type { Config } from '../config/config.ts';
import type { Finding, NamedCommitment } from '../domain/finding.ts';

type OwnerSettings = Pick<Config, 'owner' | 'deployments' | 'commitments'>;

/** Returns at most one finding per problem; all of these settings are optional. */
export function examineOwners({ owner, deployments, commitments }: OwnerSettings): Finding[] {
  const where = { area: 'config', state: 'warn' } as const;
  const unassigned =
    owner === undefined ? deployments.filter((each) => each.owner === undefined) : [];
  const unowned = owner === undefined ? commitments.filter((each) => each.owner === undefined) : [];
  const endless = commitments.filter(({ noticeMs }) => noticeMs === undefined);
  const ids = unassigned.map(({ id }) => id);
  return [
    ...(ids.length === 0
      ? []
      : [{ ...where, code: 'deployment-without-owner' as const, deployments: ids }]),
    ...(unowned.length === 0
      ? []
      : [
          {
            ...where,
            code: 'commitment-without-owner' as const,
            commitments: unowned.map(toNamedCommitment),
          },
        ]),
    ...(endless.length === 0
      ? []
      : [
          {
            ...where,
            code: 'commitment-without-notice' as const,
            commitments: endless.map(toNamedCommitment),
          },
        ]),
  ];
}

function toNamedCommitment({ source, id }: Config['commitments'][number]): NamedCommitment {
  return { source, ...(id === undefined ? {} : { id }) };
}
