/** Renders the sentences that an audit stores beside its structured data. */

import type { AuditSentences } from '../../verdict/document/sentences.ts';
import { STORED_FORMAT } from '../locale.ts';
import { adviceText } from './advice.ts';
import { capacityBasisText, referenceCitation } from './capacity.ts';
import { effectEnds, effectName, breakEvenInputName, scenarioName } from './inputs.ts';
import { missingSentence } from './missing.ts';
import { breakEvenClause, hostLackClause, lackClause } from './lacks.ts';
import { prepaidPlanName } from './changes.ts';
import { reasonSentence } from './reasons.ts';
import { stepSentence, weekText } from './steps.ts';
import { warningSentence } from './warnings.ts';

export const AUDIT_SENTENCES: AuditSentences = {
  reason: (reason) => reasonSentence(reason, STORED_FORMAT),
  missing: (missing) => missingSentence(missing, STORED_FORMAT),
  step: (step) => stepSentence(step, STORED_FORMAT),
  advice: (notes) => adviceText(notes, STORED_FORMAT) ?? '',
  scenario: (scenario) => scenarioName(scenario, STORED_FORMAT),
  effect: (effect) => ({ input: effectName(effect), ...effectEnds(effect, STORED_FORMAT) }),
  flipInput: breakEvenInputName,
  warning: (warning) => warningSentence(warning, STORED_FORMAT),
  lack: (lack) => lackClause(lack, STORED_FORMAT),
  hostLack: (lack) => hostLackClause(lack, STORED_FORMAT),
  breakEvenNote: breakEvenClause,
  capacityBasis: capacityBasisText,
  reference: referenceCitation,
  prepaidPlan: prepaidPlanName,
  week: weekText,
};
