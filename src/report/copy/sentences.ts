/** Renders the sentences that an audit stores beside its structured data. */

import type { Sentences } from '../../verdict/document/sentences.ts';
import { STORED } from '../locale.ts';
import { adviceText } from './advice.ts';
import { capacityBasisText } from './capacityBasis.ts';
import { effectEnds, effectName, flipName, scenarioName } from './inputs.ts';
import { missingSentence } from './missing.ts';
import { breakEvenClause, hostLackClause, lackClause } from './lacks.ts';
import { prepaidPlanName } from './contracts.ts';
import { reasonSentence } from './reasons.ts';
import { referenceCitation } from './references.ts';
import { stepSentence, weekText } from './steps.ts';
import { warningSentence } from './warnings.ts';

export const SENTENCES: Sentences = {
  reason: (reason) => reasonSentence(reason, STORED),
  missing: (missing) => missingSentence(missing, STORED),
  step: (step) => stepSentence(step, STORED),
  advice: (notes) => adviceText(notes, STORED) ?? '',
  scenario: (scenario) => scenarioName(scenario, STORED),
  effect: (effect) => ({ input: effectName(effect), ...effectEnds(effect, STORED) }),
  flipInput: flipName,
  warning: (warning) => warningSentence(warning, STORED),
  lack: (lack) => lackClause(lack, STORED),
  hostLack: (lack) => hostLackClause(lack, STORED),
  breakEvenNote: breakEvenClause,
  capacityBasis: capacityBasisText,
  reference: referenceCitation,
  prepaidPlan: prepaidPlanName,
  week: weekText,
};
