/** Knows the cover letter to finance: what was billed, and which table holds what. */

import { decimal, isZero } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import { dollars } from '../format.ts';
import type { PageWords, ReportWords } from '../words.ts';
import { boughtLines } from './bought.ts';
import { figureTable } from './figures.ts';
import { leavingLines } from './leaving.ts';
import { EDITION_TITLE, section } from './sections.ts';
import { missingLines } from './billed.ts';
import { moneyLines } from './sureness.ts';

/** Which file holds what, in the order in which they are attached. */
const TABLES: Readonly<Record<string, string>> = {
  'deployments.csv': 'a row a deployment: spend, tokens, prices, utilization, verdict, saving',
  'options.csv': 'a row an option of each deployment: cost by its parts, saving, interval, odds',
  'figures.csv': 'every figure with its id, and where it comes from',
  'changes.csv': 'what differs from the edition that this one corrects',
};

/** Of an audit that is complete; `attached` are names of files. */
export function financeWords(
  audit: Audit,
  leader: ReportWords,
  attached: readonly string[],
): PageWords {
  const { kicker, headline, notices, lead, actions, figures, sections, identity } = leader;
  const tables = attached.flatMap((name) => {
    const what = TABLES[name];
    return what === undefined ? [] : [`${name}: ${what}.`];
  });
  return {
    kicker: `${kicker}, for finance`,
    headline,
    notices,
    lead,
    actions,
    page: [section('At a glance', { tables: [figureTable(figures)] })],
    sections: [
      ...sections.filter(({ title }) => title === EDITION_TITLE),
      section('What is attached', { lines: tables }),
      section('What was billed', {
        lines: [...missingLines(audit), ...moneyLines(audit), ...besideRent(audit)],
      }),
      section('What stays owed', { lines: leavingLines(audit) }),
    ].filter(({ lines, sentences }) => lines.length + sentences.length > 0),
    identity,
  };
}

function besideRent({ totals }: Audit): string[] {
  const tax = decimal(totals.taxUsd);
  return [
    ...(isZero(tax) ? [] : [`Taxes of ${dollars(tax)} on the bills are not in the spend.`]),
    ...boughtLines(totals),
  ];
}
