/** Whom the config leaves out: who acts on a decision, and when a contract can be ended. */

import type { Config } from '../config/config.ts';
import type { Finding, NamedCommitment } from '../domain/finding.ts';

type Asked = Pick<Config, 'owner' | 'deployments' | 'commitments'>;

/** One finding for all deployments, one for all commitments; each works without it. */
export function examineOwners({ owner, deployments, commitments }: Asked): Finding[] {
  const where = { area: 'config', state: 'warn' } as const;
  const open = owner === undefined ? deployments.filter((each) => each.owner === undefined) : [];
  const unowned = owner === undefined ? commitments.filter((each) => each.owner === undefined) : [];
  const endless = commitments.filter(({ noticeMs }) => noticeMs === undefined);
  const ids = open.map(({ id }) => id);
  return [
    ...(ids.length === 0
      ? []
      : [{ ...where, code: 'deployment-without-owner' as const, deployments: ids }]),
    ...(unowned.length === 0
      ? []
      : [{ ...where, code: 'commitment-without-owner' as const, commitments: unowned.map(named) }]),
    ...(endless.length === 0
      ? []
      : [
          { ...where, code: 'commitment-without-notice' as const, commitments: endless.map(named) },
        ]),
  ];
}

function named({ source, id }: Config['commitments'][number]): NamedCommitment {
  return { source, ...(id === undefined ? {} : { id }) };
}
