/** Reads audits of older versions: completes missing fields, and keeps their stored sentences. */

import type { Audit, AuditStack, AuditTotals } from '../../verdict/audit.ts';
import type {
  AuditCommitment,
  AuditInputBreakEven,
  AuditOutlook,
  AuditSensitivity,
} from '../../verdict/auditDecision.ts';
import type { AuditEvidence } from '../../verdict/auditEvidence.ts';
import type { AuditDeployment, AuditOption } from '../../verdict/auditDeployment.ts';
import { findBreakEvenInputCode, OLD_CACHE_SHARE } from '../copy/inputs.ts';
import { type AuditReading, isAdvice, readCompleteAudit } from './auditReading.ts';
import { asSentence, shownSentence } from '../displayText.ts';
import type { LocaleFormat, Reader } from '../locale.ts';

const STACK = {
  cannotTell: null,
  hangsOn: null,
  leaning: null,
  standing: null,
  steps: [],
  outlook: null,
  lookBack: null,
  commitments: [],
  credits: [],
  unattributed: [],
  reentryUsd: null,
  draws: 0,
  options: [],
} satisfies Partial<AuditStack>;

const EVIDENCE: AuditEvidence = { basis: [], reconciliation: [], estimates: [], gaps: [] };

const COMMITMENT = {
  id: null,
  noticeBy: null,
  committedUsd: '0.000000',
  usedUsd: null,
  unusedUsd: null,
  remainingUsd: '0.000000',
  remainingMonths: '0.000000',
} satisfies Partial<AuditCommitment>;

const TOTALS = {
  unbilledTokens: 0,
  unbilledShare: '0.000000',
  missingBills: [],
} satisfies Partial<AuditTotals>;

const DEPLOYMENT = {
  unbilledTokens: 0,
  unbilledShare: '0.000000',
  unbilledReplicaHours: null,
  firstUnbilled: null,
  savingUsd: { base: null, low: null, high: null },
  cannotTell: null,
  decision: null,
  missing: [],
  withoutLabor: null,
  leaning: null,
  standing: null,
} satisfies Partial<AuditDeployment>;

const OPTION = {
  gpuUsd: null,
  storageUsd: null,
  otherUsd: null,
  migrationUsd: null,
  afterCommitments: null,
} satisfies Partial<AuditOption>;

const NO_PROBABILITY = { probability: null };
const NO_NEXT_QUARTER = { nextQuarter: null };
const NO_CHANGE = { change: null, contract: null };
const NO_CONTRACTS = { afterContracts: null };
const NO_CACHE_SHARE = { cacheShare: null, gpuContract: null };

/** Reads a stored audit of any version. Everything that renders it takes the reading. */
export function readAudit(stored: Audit, reader: Reader): AuditReading {
  return readCompleteAudit(completeAudit(stored), reader);
}

/** Returns the audit with every field of the current version. */
function completeAudit(audit: Audit): Audit {
  const stack = { ...STACK, ...audit.stack };
  return {
    ...audit,
    totals: { ...TOTALS, ...audit.totals, billedUsd: billedOf(audit.totals) },
    evidence: { ...EVIDENCE, ...(audit.evidence as Partial<AuditEvidence> | undefined) },
    stack: {
      ...stack,
      commitments: stack.commitments.map((each) => ({ ...COMMITMENT, ...each })),
      decision: stack.decision ?? decisionOf(stack),
      withoutLabor: { ...NO_PROBABILITY, ...stack.withoutLabor },
      flips: stack.flips.map(completeBreakEven),
      outlook: completeOutlook(stack.outlook ?? null),
    },
    sensitivity: audit.sensitivity.map(completeEffect),
    deployments: audit.deployments.map((each) => ({
      ...DEPLOYMENT,
      ...each,
      billedUsd: billedOf(each),
      options: each.options.map((option) => ({ ...OPTION, ...option })),
      breakEven: { ...NO_CACHE_SHARE, ...each.breakEven },
      flips: each.flips.map(completeBreakEven),
    })),
  };
}

/** Billed amount. Older versions did not spread purchases, so it is the spend. */
function billedOf({ billedUsd, spendUsd }: Partial<Billed> & Pick<Billed, 'spendUsd'>): string {
  return billedUsd ?? spendUsd;
}

type Billed = Pick<AuditTotals, 'billedUsd' | 'spendUsd'>;

/** The decision of an older audit. An open verdict changes nothing. */
function decisionOf({ verdict, bestPlan, savingUsd }: AuditStack): AuditStack['decision'] {
  if (isAdvice(verdict)) return { plan: bestPlan, savingUsd: savingUsd.base ?? ZERO_USD };
  const plan = bestPlan.map(({ deployment }) => ({ deployment, option: 'keep' as const }));
  return { plan, savingUsd: ZERO_USD };
}

const ZERO_USD = '0.000000';

function completeBreakEven(flip: AuditInputBreakEven): AuditInputBreakEven {
  const code = flip.code ?? findBreakEvenInputCode(flip.input);
  return { ...NO_CHANGE, ...flip, ...(code === undefined ? {} : { code }) };
}

/** Completes an effect. Older versions store cache hits as plain ratios. */
function completeEffect(effect: AuditSensitivity): AuditSensitivity {
  const { input, low, base, high } = effect;
  const code = 'cache-share';
  if (effect.detail !== undefined || !OLD_CACHE_SHARE.includes(input)) return effect;
  return { ...effect, detail: { code, lowShare: low, baseShare: base, highShare: high } };
}

function completeOutlook(outlook: AuditOutlook | null): AuditOutlook | null {
  if (outlook === null) return null;
  const scenarios = outlook.scenarios.map((each) => ({ ...NO_CONTRACTS, ...each }));
  return { ...NO_CONTRACTS, ...NO_NEXT_QUARTER, ...outlook, scenarios };
}

/** Structured data with its stored sentence. `fact` is undefined in audits of older versions. */
export interface FactWithSentence<Fact> {
  readonly fact: Fact | undefined;
  readonly stored: string;
}

/** Pairs each stored sentence with its fact. */
export function pairFacts<Fact>(
  facts: readonly Fact[] | undefined,
  stored: readonly string[],
): FactWithSentence<Fact>[] {
  return stored.map((text, at) => ({ fact: facts?.[at], stored: text }));
}

/** The sentence of a fact. For a code of a newer version, the stored sentence. */
export function factSentence<Fact>(
  { fact, stored }: FactWithSentence<Fact>,
  sentence: (fact: Fact, format: LocaleFormat) => string | undefined,
  reader: Reader,
): string {
  const rendered = fact === undefined ? undefined : sentence(fact, reader);
  return rendered === undefined ? shownSentence(stored, reader) : asSentence(rendered);
}
