/** Digests of what an audit is made from: facts and settings apart, to tell which of them moved. */

import type { Trouble } from '../ledger/ledger.ts';
import type { AuditDigests } from '../verdict/audit.ts';
import type { Reconciliation } from '../verdict/policy.ts';
import type { JobContext } from './context.ts';
import type { AuditConfig, Gathered } from './gather.ts';

export interface Inputs {
  readonly gathered: Gathered;
  readonly totals: readonly Reconciliation[];
  readonly troubles: readonly Trouble[];
}

/** The same facts, or the same settings, have the same digest. */
export function inputDigests(
  { config, digest }: Pick<JobContext, 'digest'> & { readonly config: AuditConfig },
  { gathered: { input, hours }, totals, troubles }: Inputs,
): AuditDigests {
  const { charges, resources, prices, availability, rates } = input;
  const usage = input.deployments.map((each) => [each.id, each.usage, each.trailingUsage]);
  const known = { charges, resources, prices, availability, rates, usage, hours };
  return {
    facts: digest({ ...known, totals, troubles }),
    settings: digest(settingsOf(config)),
  };
}

/** What of the config bears on an audit. */
function settingsOf({ report, ...config }: AuditConfig) {
  const { deployments, labor, commitments, sharing, policy, market, migration, fiscal } = config;
  const timeZone = report?.timeZone;
  return { deployments, labor, commitments, sharing, policy, market, migration, fiscal, timeZone };
}
