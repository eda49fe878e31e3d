/** Renders unattributed spend, largest first, with the config lines that attribute it. */

import { formatCount } from '../../domain/counted.ts';
import { decimal } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import { dollars } from '../format.ts';
import { shownName } from '../label.ts';
import type { Reader } from '../locale.ts';

const MOST_RESOURCES = 5;

export function unattributedLines({ stack }: Audit, reader: Reader): string[] {
  const lines = stack.unattributed.flatMap(({ resource, source, name, usd, match }) =>
    resource === null || source === null || match === null
      ? []
      : [
          `${dollars(decimal(usd), reader)} for ` +
            `${shownName(name ?? resource)} (${shownName(source)}). ` +
            `Add to the resources of its deployment: ${match}`,
        ],
  );
  const count = stack.unattributed.reduce((all, { resources }) => all + resources, 0);
  const left = count - Math.min(lines.length, MOST_RESOURCES);
  const more = `And ${formatCount(left, 'more resource')}, in report.json.`;
  return [...lines.slice(0, MOST_RESOURCES), ...(left > 0 ? [more] : [])];
}
