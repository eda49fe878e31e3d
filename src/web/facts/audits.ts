/** Reads the verdict of each audit, and the figures of each deployment in the newest quarter. */

import type { WebServices } from '../site.ts';
import { toResultRows } from './rows.ts';

export interface RunVerdict {
  readonly verdict: string;
  /** Saving per quarter; absent if unknown. */
  readonly savingNanoUsd?: bigint;
}

const VERDICTS = `
SELECT run_id, verdict, saving_nano_usd FROM verdict_history WHERE deployment IS NULL`;

/** Verdicts by run ID. */
export async function readRunVerdicts({
  ledger,
}: Pick<WebServices, 'ledger'>): Promise<Map<string, RunVerdict>> {
  const rows = toResultRows(await ledger.query(VERDICTS));
  return new Map(
    rows.map((row) => {
      const saving = row.whole('saving_nano_usd');
      const known = saving === undefined ? {} : { savingNanoUsd: saving };
      return [row.text('run_id') ?? '', { verdict: row.text('verdict') ?? '', ...known }];
    }),
  );
}

export interface DeploymentState {
  readonly deployment: string;
  readonly quarter: string;
  readonly verdict: string;
  /** Share of the billed time for which usage is known. */
  readonly coverage?: number;
  readonly usdPerMtok?: number;
  readonly spendUsd: number;
  readonly tokens: number;
}

const DEPLOYMENTS = `
SELECT deployment, quarter, verdict, coverage, effective_usd_per_mtok, spend_usd, tokens
FROM audit_by_deployment
WHERE run_id = (SELECT run_id FROM audit_by_quarter ORDER BY window_end DESC LIMIT 1)
ORDER BY deployment`;

/** Deployments in the newest audit of the newest audited quarter; empty before any audit. */
export async function readDeploymentStates({
  ledger,
}: Pick<WebServices, 'ledger'>): Promise<DeploymentState[]> {
  return toResultRows(await ledger.query(DEPLOYMENTS)).map((row) => {
    const coverage = row.number('coverage');
    const usdPerMtok = row.number('effective_usd_per_mtok');
    return {
      deployment: row.text('deployment') ?? '',
      quarter: row.text('quarter') ?? '',
      verdict: row.text('verdict') ?? '',
      spendUsd: row.number('spend_usd') ?? 0,
      tokens: row.number('tokens') ?? 0,
      ...(coverage === undefined ? {} : { coverage }),
      ...(usdPerMtok === undefined ? {} : { usdPerMtok }),
    };
  });
}
