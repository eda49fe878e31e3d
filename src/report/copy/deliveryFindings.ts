/** What the doctor says of the ways out: channels, signature, PDF, and what is overdue. */

import { counted } from '../../domain/counted.ts';
import type { ChannelFact, DeliveryFact, ReportDueFact } from '../../domain/finding.ts';
import type { FindingText } from './books.ts';

export function deliveryText(fact: DeliveryFact): FindingText {
  switch (fact.code) {
    case 'no-report-configured':
      return {
        says: 'no report is sent, for the config has no section report',
        mend: 'add report: { from, to } to rentcheck.yaml',
      };
    case 'stdout-there':
    case 'folder-writable':
    case 'slack-webhook-there':
    case 'teams-answers':
    case 'mail-server-answers':
      return { says: channelText(fact) };
    case 'signature-published':
      return { says: `${fact.name} holds the key that signs` };
    case 'browser-there':
      return { says: `${fact.path} is there to make it` };
    case 'webhook-address-valid':
      return { says: 'its address is one; nothing was posted to it' };
    case 'overdue-heard-by':
      return { says: `${fact.recipient} is told of what is overdue` };
    case 'overdue-heard-by-nobody':
      return {
        says: 'nobody is told when a report does not go out',
        mend: 'add report.owner or report.deadMan',
      };
    case 'no-report-due':
      return { says: 'no report has become due yet' };
    case 'report-sent':
      return { says: `the report of ${fact.quarter} has gone out` };
    case 'report-due':
      return { says: reportDueText(fact), mend: `run: rentcheck send ${fact.quarter}` };
  }
}

function channelText(fact: ChannelFact): string {
  switch (fact.code) {
    case 'stdout-there':
      return 'standard output is there';
    case 'folder-writable':
      return `${fact.path} can be written to`;
    case 'slack-webhook-there':
      return 'the webhook is there and would post; nothing was posted';
    case 'teams-answers':
      return `${fact.host} answers; only a message tells whether the flow takes one`;
    case 'mail-server-answers': {
      const secured = fact.encrypted ? 'encrypted' : 'not encrypted';
      const as = fact.user === undefined ? 'nobody signed in' : `signed in as ${fact.user}`;
      return `${fact.host} answers, ${secured}, ${as}`;
    }
  }
}

/** Which report, since when, and who has not got it where some have. */
export function reportDueText(fact: ReportDueFact): string {
  const { quarter, dueAt, have, readers, missing } = fact;
  const due = `the report of ${quarter} was due ${dueAt}`;
  if (have === 0) return `${due} and has not gone out`;
  const who = missing.map(({ recipient, state }) => `${recipient} (${state ?? 'never sent it'})`);
  const leaders = `${have} of ${counted(readers, 'leader')} ${have === 1 ? 'has' : 'have'} it`;
  return `${due} and has not gone out to all: ${leaders}, still missing: ${who.join(', ')}`;
}
