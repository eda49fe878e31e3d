/** What belongs to no deployment, the most money first, and what to paste to change that. */

import { counted } from '../../domain/counted.ts';
import { decimal } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import { dollars } from '../format.ts';
import { shownName } from '../label.ts';

const MOST_RESOURCES = 5;

export function unattributedLines({ stack }: Audit): string[] {
  const told = stack.unattributed.flatMap(({ resource, source, name, usd, match }) =>
    resource === null || source === null || match === null
      ? []
      : [
          `${dollars(decimal(usd))} for ${shownName(name ?? resource)} of ${shownName(source)}. ` +
            `Under resources of the deployment that it serves: ${match}`,
        ],
  );
  const count = stack.unattributed.reduce((all, { resources }) => all + resources, 0);
  const left = count - Math.min(told.length, MOST_RESOURCES);
  const more = `And ${counted(left, 'more resource')}, in report.json.`;
  return [...told.slice(0, MOST_RESOURCES), ...(left > 0 ? [more] : [])];
}
