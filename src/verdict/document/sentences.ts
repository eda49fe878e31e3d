/** Who makes the sentences that stand beside the facts of an audit. */

import type { BreakEvenNote, HostLack, Lack } from '../../economics/lack.ts';
import type { ReferenceSource } from '../../economics/usage/references.ts';
import type { Warning } from '../../economics/warning.ts';
import type { Sensitivity } from '../auditDecision.ts';
import type { AuditCapacityBasis } from '../auditDeployment.ts';
import type { AdviceNote } from '../lookBack/note.ts';
import type { Missing, Reason } from '../reason.ts';
import type { EffectDetail, ScenarioDetail } from '../sensitivity/effect.ts';
import type { FlipCode } from '../sensitivity/flip.ts';
import type { StepDetail } from '../steps/step.ts';

export type EffectWords = Pick<Sensitivity, 'input' | 'low' | 'base' | 'high'>;

/** Each fact in one sentence, as an audit stores it. */
export interface Sentences {
  readonly reason: (reason: Reason) => string;
  readonly missing: (missing: Missing) => string;
  readonly step: (step: StepDetail) => string;
  /** All that is known of one piece of advice; empty where that is nothing. */
  readonly advice: (notes: readonly AdviceNote[]) => string;
  readonly scenario: (scenario: ScenarioDetail) => string;
  /** An input that was moved, and its ends, in short words. */
  readonly effect: (effect: EffectDetail) => EffectWords;
  /** How the input of a flip is called. */
  readonly flipInput: (code: FlipCode) => string;
  readonly warning: (warning: Warning) => string;
  readonly lack: (lack: Lack) => string;
  readonly hostLack: (lack: HostLack) => string;
  readonly breakEvenNote: (note: BreakEvenNote) => string;
  readonly capacityBasis: (basis: AuditCapacityBasis) => string;
  /** Where a published throughput figure can be read. */
  readonly reference: (source: ReferenceSource) => string;
  /** The name of a prepaid plan whose last day is `until`, as `2026-12-31`. */
  readonly prepaidPlan: (until: string) => string;
  /** Hours of the week that are off, from Monday 00:00 on; empty where they are too scattered. */
  readonly week: (off: readonly boolean[]) => string;
}
