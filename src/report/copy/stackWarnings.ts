/** Renders warnings about the bills and data of the whole stack. */

import type { FactWarning, StackWarning } from '../../economics/warning.ts';
import type { LocaleFormat } from '../locale.ts';
import { doubleBillingText } from './bills.ts';
import { counted, dollars, fixedText, listed } from '../format.ts';
import { sentence } from '../displayText.ts';

export function stackWarning(warning: StackWarning | FactWarning, writing: LocaleFormat): string {
  switch (warning.code) {
    case 'double-billing': {
      const { says, fix } = doubleBillingText(warning, writing);
      return `${says} ${fix}`;
    }
    case 'charges-left-out': {
      const { source, categories, recordSource, recordUsd } = warning;
      return (
        `Charges of ${dollars(warning.usd, writing)} from ${source} (${categories.join(', ')}) ` +
        'are ' +
        `left out. The bill of record is ${recordSource}, with ${dollars(recordUsd, writing)} of ` +
        'the same.'
      );
    }
    case 'bought-model-contested': {
      const { source, model, deployments } = warning;
      return (
        `Charges from ${source} for ${model} match ${listed(deployments)}, so they are not ` +
        'attributed to any of them. Name the model under `hosted.alreadySpent` of one of them.'
      );
    }
    // An unstated commitment would make leaving look free.
    case 'commitment-not-stated':
      return (
        `The bill of ${warning.source} has commitment charges, but \`commitments\` in ` +
        'rentcheck.yaml does not list them. Leaving is calculated as if they ended at once.'
      );
    case 'reserved-capacity-not-stated':
      return (
        `The bill of ${warning.source} has reserved capacity, but \`commitments\` in ` +
        'rentcheck.yaml does not list it. A change of GPU rates does not move its price. Leaving ' +
        'is calculated as if it ended at once.'
      );
    case 'resources-contested': {
      const { deployments, resources, usd } = warning;
      return (
        `Patterns of ${listed(deployments)} match the same ` +
        `${counted(resources, 'resource', writing)} (${dollars(usd, writing)}), so the cost is ` +
        'split. Name each resource by its full id under the deployments it serves, or make the ' +
        'patterns narrower.'
      );
    }
    case 'labor-on-bill':
      return (
        `The bills include ${dollars(warning.usd, writing)} of engineering time. It is left out ` +
        'of the spend, because engineering time is counted by hours.'
      );
    case 'intervals-overlap':
    case 'usage-parts-contradict':
    case 'usage-of-unknown-deployment':
    case 'hours-of-unknown-deployment':
    case 'source-incomplete':
      return factWarning(warning, writing);
  }
}

/** Warnings about incoming data. */
function factWarning(warning: FactWarning, writing: LocaleFormat): string {
  switch (warning.code) {
    case 'intervals-overlap': {
      const { source, intervals } = warning;
      const [overlap, are] =
        intervals === 1
          ? ['overlaps an earlier one', 'It is']
          : ['overlap earlier ones', 'They are'];
      const all = counted(intervals, 'interval', writing);
      return `Usage from ${source} has ${all} that ${overlap}. ${are} left out.`;
    }
    case 'usage-parts-contradict':
      return (
        'Reported parts of usage add up to more tokens than its total in ' +
        `${counted(warning.stretches, 'period', writing)}. The parts are left out. Pull that ` +
        'time again.'
      );
    case 'usage-of-unknown-deployment':
      return (
        `Usage is stored for "${warning.name}", which the config does not name, so it is not ` +
        'counted. Add it to deployments, or import the usage again under the right name.'
      );
    case 'hours-of-unknown-deployment':
      return (
        `The ops log has ${fixedText(warning.hours, 2, writing)} hours for "${warning.name}", ` +
        'which the config does not name. They count for the whole stack.'
      );
    case 'source-incomplete': {
      const { source, kind, what, count, example } = warning;
      const much = counted(count, INCOMPLETE[what], writing);
      return `Source ${source} has ${much} of ${kind}. The first: ${sentence(example)}`;
    }
  }
}

type Incomplete = Extract<FactWarning, { readonly code: 'source-incomplete' }>;

const INCOMPLETE: Readonly<Record<Incomplete['what'], string>> = {
  rejects: 'rejected row',
  failed: 'failed request',
  unfinished: 'unfinished import',
};
