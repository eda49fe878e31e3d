/** Who acts, and by when, on an audit from 2026-10-05 without named owners. */

import type { StepAssignments } from '../../src/verdict/steps/stepTerms.ts';

export const ACTING: StepAssignments = {
  todayMs: Date.UTC(2026, 9, 5),
  actByMs: Date.UTC(2026, 10, 4),
  review: { quarter: '2026-Q4', dayMs: Date.UTC(2026, 11, 31) },
  owners: new Map(),
  commitmentOwners: new Map(),
};
