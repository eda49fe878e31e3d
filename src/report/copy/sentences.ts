/** The sentences that stand in an audit beside its facts, as they are stored. */

import type { Sentences } from '../../verdict/document/sentences.ts';
import { STORED } from '../locale.ts';
import { missingSentence } from './missing.ts';
import { reasonSentence } from './reasons.ts';

export const SENTENCES: Sentences = {
  reason: (reason) => reasonSentence(reason, STORED),
  missing: (missing) => missingSentence(missing, STORED),
};
