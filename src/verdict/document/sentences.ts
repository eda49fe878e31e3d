/** Interface for rendering an audit's structured data as sentences. */

import type { BreakEvenNote, HostLack, Lack } from '../../economics/lack.ts';
import type { ReferenceSource } from '../../economics/usage/references.ts';
import type { Warning } from '../../economics/warning.ts';
import type { AuditSensitivity } from '../auditDecision.ts';
import type { AuditCapacityBasis } from '../auditDeployment.ts';
import type { AdviceNote } from '../backtest/adviceNote.ts';
import type { Missing, Reason } from '../reason.ts';
import type {
  BreakEvenInputCode,
  EffectDetail,
  ScenarioDetail,
} from '../sensitivity/inputEffect.ts';
import type { StepDetail } from '../steps/step.ts';

export type EffectLabels = Pick<AuditSensitivity, 'input' | 'low' | 'base' | 'high'>;

/** Renders each kind of data as one sentence, as stored in an audit. */
export interface AuditSentences {
  readonly reason: (reason: Reason) => string;
  readonly missing: (missing: Missing) => string;
  readonly step: (step: StepDetail) => string;
  /** Renders all notes on one piece of advice. Empty without notes. */
  readonly advice: (notes: readonly AdviceNote[]) => string;
  readonly scenario: (scenario: ScenarioDetail) => string;
  /** Renders an input and its ends as short labels. */
  readonly effect: (effect: EffectDetail) => EffectLabels;
  /** Label of a break-even's input. */
  readonly flipInput: (code: BreakEvenInputCode) => string;
  readonly warning: (warning: Warning) => string;
  readonly lack: (lack: Lack) => string;
  readonly hostLack: (lack: HostLack) => string;
  readonly breakEvenNote: (note: BreakEvenNote) => string;
  readonly capacityBasis: (basis: AuditCapacityBasis) => string;
  /** Renders the source of a published throughput figure. */
  readonly reference: (source: ReferenceSource) => string;
  /** Name of a prepaid plan. `until` is its last day: `2026-12-31`. */
  readonly prepaidPlan: (until: string) => string;
  /** Renders weekly off hours, from Monday 00:00 on. Empty if they are too scattered. */
  readonly week: (off: readonly boolean[]) => string;
}
