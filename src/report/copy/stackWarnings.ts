/** What a reader must know of the bills and the facts of a whole stack, in sentences. */

import type { FactWarning, StackWarning } from '../../economics/warning.ts';
import type { Writing } from '../locale.ts';
import { doubleBillingText } from './books.ts';
import { countText, fixedText, usdText, wholeText } from './figures.ts';

type Told = StackWarning | FactWarning;
type Of<Code extends Told['code']> = Extract<Told, { readonly code: Code }>;

export function stackWarning(warning: Told, writing: Writing): string {
  switch (warning.code) {
    case 'double-billing':
      return doubleBilling(warning, writing);
    case 'charges-left-out':
      return leftOut(warning, writing);
    case 'bought-model-contested':
      return boughtContested(warning);
    case 'commitment-not-stated':
      return commitmentNotStated(warning);
    case 'reserved-capacity-not-stated':
      return reservedNotStated(warning);
    case 'resources-contested':
      return resourcesContested(warning, writing);
    case 'labor-on-bill':
      return laborOnBill(warning, writing);
    case 'intervals-overlap':
      return intervalsOverlap(warning, writing);
    case 'usage-parts-contradict':
      return partsContradict(warning, writing);
    case 'usage-of-unknown-deployment':
      return usageOfUnknown(warning);
    case 'hours-of-unknown-deployment':
      return hoursOfUnknown(warning, writing);
    case 'source-incomplete':
      return sourceIncomplete(warning, writing);
  }
}

function doubleBilling(warning: Of<'double-billing'>, writing: Writing): string {
  const { says, mend } = doubleBillingText(warning, writing);
  return `${says}; ${mend}.`;
}

function leftOut(warning: Of<'charges-left-out'>, writing: Writing): string {
  const { source, categories, recordSource, recordUsd } = warning;
  return (
    `${usdText(warning.usd, writing)} of ${source} (${categories.join(', ')}) is left out: ` +
    `${recordSource} is the bill of record, and bills ${usdText(recordUsd, writing)} of the same.`
  );
}

function boughtContested({ source, model, deployments }: Of<'bought-model-contested'>): string {
  return (
    `What ${source} bills for ${model} fits ${deployments.join(' and ')}, and counts for none of ` +
    'them: name it under `hosted.alreadySpent` of one.'
  );
}

/** A commitment on the bill that config does not know looks as if it could be left. */
function commitmentNotStated({ source }: Of<'commitment-not-stated'>): string {
  return (
    `The bill of ${source} has charges of a commitment, and \`commitments\` in rentcheck.yaml ` +
    'names none of it: leaving is weighed as if they ended at once.'
  );
}

function reservedNotStated({ source }: Of<'reserved-capacity-not-stated'>): string {
  return (
    `The bill of ${source} has reserved capacity, and \`commitments\` in rentcheck.yaml does not ` +
    'name it: no GPU rate moves its price, and leaving it is weighed as if it ended at once.'
  );
}

function resourcesContested(warning: Of<'resources-contested'>, writing: Writing): string {
  const { deployments, resources } = warning;
  const where = countText(resources, 'resource', writing);
  return (
    `Patterns of ${deployments.join(' and ')} meet on ${where} ` +
    `(${usdText(warning.usd, writing)}), which is split between them. Name it by its full id ` +
    'under each that it serves, or make the patterns narrower.'
  );
}

function laborOnBill(warning: Of<'labor-on-bill'>, writing: Writing): string {
  return (
    `${usdText(warning.usd, writing)} of people's time is on the bills; it is left out of the ` +
    'spend, because labor is weighed by hours.'
  );
}

function intervalsOverlap(
  { source, intervals }: Of<'intervals-overlap'>,
  writing: Writing,
): string {
  const [overlap, are] = intervals === 1 ? ['overlaps', 'is'] : ['overlap', 'are'];
  const what = countText(intervals, 'interval', writing);
  return `${what} of ${source} ${overlap} an earlier one and ${are} left out.`;
}

function partsContradict({ stretches }: Of<'usage-parts-contradict'>, writing: Writing): string {
  const [times, come] = stretches === 1 ? ['stretch', 'come'] : ['stretches', 'come'];
  return (
    `The told parts of ${wholeText(stretches, writing)} ${times} of time ${come} to more tokens ` +
    'than its usage tells now, and are left out; pull that time again.'
  );
}

function usageOfUnknown({ name }: Of<'usage-of-unknown-deployment'>): string {
  return (
    `There is usage of "${name}", a deployment that the config does not name: it is in no ` +
    'figure. Add it to deployments, or import it again under the right name.'
  );
}

function hoursOfUnknown(
  { name, hours }: Of<'hours-of-unknown-deployment'>,
  writing: Writing,
): string {
  return (
    `The ops log has ${fixedText(hours, 2, writing)} hours for "${name}", a deployment that the ` +
    'config does not name: they count for the whole stack.'
  );
}

const INCOMPLETE: Readonly<Record<Of<'source-incomplete'>['what'], string>> = {
  rejects: 'rejected row',
  failed: 'failed request',
  unfinished: 'unfinished import',
};

function sourceIncomplete(warning: Of<'source-incomplete'>, writing: Writing): string {
  const { source, kind, what, example } = warning;
  const much = countText(warning.count, INCOMPLETE[what], writing);
  return `${source}: ${much} of ${kind}; the first: ${example}`;
}
