/** Renders `doctor` findings on the config: its validity, and missing owners and notice periods. */

import { formatCount } from '../../domain/figures.ts';
import type { ConfigFact, NamedCommitment } from '../../domain/finding.ts';
import type { FindingText } from './bills.ts';

/** Maximum number of named items. `--json` has all. */
const MOST_NAMED = 5;

export function configText(fact: ConfigFact): FindingText {
  switch (fact.code) {
    case 'config-in-order':
      return { says: `The config ${fact.path} is valid.` };
    case 'deployment-without-owner':
      return {
        says: `No owner is set for ${shortly('deployment', fact.deployments)}.`,
        fix: 'Set owner: NAME at the top of rentcheck.yaml, or in each deployment.',
      };
    case 'commitment-without-owner':
      return {
        says: `No owner is set for ${shortly('commitment', fact.commitments.map(commitmentName))}.`,
        fix: 'Set owner: NAME at the top of rentcheck.yaml, or in each commitment.',
      };
    case 'commitment-without-notice':
      return {
        says:
          'No notice period is set for ' +
          `${shortly('commitment', fact.commitments.map(commitmentName))}.`,
        fix: 'Set noticeDays to the days in the contract, or to 0 if it ends without notice.',
      };
  }
}

/** `1 deployment: chat`, `7 deployments: a, b, c, d, e and 2 more`. */
function shortly(thing: string, names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  const named = names.slice(0, MOST_NAMED).join(', ');
  return `${formatCount(names.length, thing)}: ${named}${more > 0 ? ` and ${more} more` : ''}`;
}

function commitmentName({ source, id }: NamedCommitment): string {
  return id === undefined ? source : `${source} ${id}`;
}
