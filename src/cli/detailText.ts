/** The details that `audit --all` prints below the table: reasons, evidence and break-evens. */

import { formatCount } from '../domain/figures.ts';
import { plainText } from '../platform/text.ts';
import { dollars } from '../report/format.ts';
import { usageDetailLines } from '../report/sections/usageDetails.ts';
import { evidenceLines } from '../report/sections/evidence.ts';
import { nearestBreakEvens } from '../report/sections/breakEvens.ts';
import { commitmentLines } from '../report/sections/commitments.ts';
import { storedReasons } from '../report/sections/reasons.ts';
import { bulletBlock, wrapText } from './screen.ts';
import { TERMINAL_READER } from '../report/locale.ts';
import type { AuditReading } from '../report/sections/auditReading.ts';

/** Lines of at most `columns` characters. */
export function renderAuditDetails(audit: AuditReading, columns: number): string[] {
  const blocks = [
    ...bulletBlock('Reasons', storedReasons(audit), columns),
    ...bulletBlock('Missing', missingSentences(audit), columns),
    ...bulletBlock('Where the cost comes from', evidenceLines(audit, TERMINAL_READER), columns),
    ...bulletBlock(
      'Usage',
      audit.deployments.flatMap((each) => usageDetailLines(each, TERMINAL_READER)),
      columns,
    ),
    ...bulletBlock('Commitments', commitmentLines(audit, TERMINAL_READER), columns),
    ...unattributedBlock(audit),
    ...bulletBlock(
      'Break-even',
      nearestBreakEvens(audit, audit.stack.flips.length, TERMINAL_READER),
      columns,
    ),
  ];
  const { runId, inputsDigest, asOf } = audit;
  return [
    ...blocks.flatMap(({ head, items }) => ['', ...head, ...items.flat()]),
    '',
    ...wrapText(`Run ${runId}, inputs ${inputsDigest.slice(0, 12)}, as of ${asOf}`, { columns }),
  ];
}

/**
 * The actions above name missing evidence in short, and the sentences here have its figures. A step
 * of an older audit has no facts: its action is the whole sentence, which is not repeated.
 */
function missingSentences({ stack }: AuditReading): string[] {
  const printed = new Set(
    stack.steps.flatMap(({ detail, text }) => (detail === undefined ? [text] : [])),
  );
  return stack.missing.filter((text) => !printed.has(text));
}

const UNATTRIBUTED =
  'Spend not attributed: paste each line under `resources` of the deployment that it serves';

/** Lines like `- { source: "cloud", match: { id: "node-7" } } # $1,200`, which are valid YAML. */
function unattributedBlock({ stack }: AuditReading) {
  const items = stack.unattributed.map(({ match, usd, name, resources }) => {
    const amount = dollars(usd, TERMINAL_READER);
    const line =
      match === null
        ? `# and ${amount} of ${formatCount(resources, 'other resource')}`
        : `${match} # ${amount}${name === null ? '' : `, ${name}`}`;
    return [`  - ${plainText(line)}`];
  });
  return items.length === 0 ? [] : [{ head: [UNATTRIBUTED], items }];
}
