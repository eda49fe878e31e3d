/** The sentences of what pulls and imports warn of, one for each code. */

import { formatCount } from '../../domain/figures.ts';
import type { PullRemark, PullWarning } from '../../domain/pullWarning.ts';
import type { UptimeNote } from '../../domain/uptimeNote.ts';
import { STORED_FORMAT } from '../locale.ts';
import { BILL_SENTENCES } from './billWarnings.ts';
import { uptimeNote } from './bills.ts';
import { FILE_SENTENCES, LEDGER_SENTENCES } from './fileWarnings.ts';
import { sentence, type SentencesOf } from './figures.ts';
import { clockGapSentence } from './ledgerFindings.ts';
import { USAGE_SENTENCES } from './usageWarnings.ts';

const fromUptime = (note: UptimeNote) => uptimeNote(note, STORED_FORMAT);

const SENTENCES: SentencesOf<PullWarning> = {
  ...BILL_SENTENCES,
  ...USAGE_SENTENCES,
  ...FILE_SENTENCES,
  ...LEDGER_SENTENCES,
  'clock-gap': clockGapSentence,
  'ran-before-first-seen': fromUptime,
  'uptime-not-observed': fromUptime,
  'uptime-without-price': fromUptime,
  'uptime-before-price': fromUptime,
  text: ({ text }) => sentence(text),
};

/** One or more whole sentences. A code that a newer version stored is shown as JSON. */
export function pullWarningSentence(warning: PullWarning): string {
  if (!Object.hasOwn(SENTENCES, warning.code)) return JSON.stringify(warning);
  return (SENTENCES[warning.code] as (fact: PullWarning) => string)(warning);
}

export function pullRemarkSentence(remark: PullRemark): string {
  switch (remark.code) {
    case 'replicas-scraped':
      return `${formatCount(remark.replicas, 'replica')} scraped.`;
    case 'section-read':
      return `${remark.section}: ${pullWarningSentence(remark.note)}`;
  }
}
