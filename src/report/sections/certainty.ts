/** Renders how certain the verdict is: range, engineering time and break-even. */

import { add, compare, type Exact, exact, isZero, negate, ONE } from '../../domain/exact.ts';
import type { OptionName } from '../../economics/offer.ts';
import type { BreakEvenInputCode } from '../../verdict/sensitivity/inputEffect.ts';
import { shownName } from '../displayText.ts';
import { inputWords } from '../copy/inputs.ts';
import type { AuditReading } from './auditReading.ts';
import type { AuditInputBreakEven } from '../../verdict/auditDecision.ts';
import type { Reading } from './storedAmounts.ts';
import { dollars, percent, rangeText, times, pricePerMtok, dayName } from '../format.ts';
import type { Reader } from '../locale.ts';

/**
 * Lines on certainty. With `prices` they also state the two prices per token. The headline states
 * the probability.
 */
export function certaintyLines(audit: AuditReading, reader: Reader, prices = false): string[] {
  if (audit.situation === 'nothing' || audit.situation === 'empty') return [];
  return [
    rangeLine(audit, reader),
    laborLine(audit, reader),
    breakEvenLine(audit, reader),
    ...priceLine(audit, prices, reader),
  ];
}

function rangeLine({ stack, situation }: AuditReading, reader: Reader): string {
  const { savingUsd } = stack;
  if (savingUsd.base === undefined) return 'The saving of a change is unknown.';
  if (situation === 'keep') return 'No change is planned, so there is no range of a saving.';
  const range = rangeText(savingUsd, reader);
  if (range === '') return 'The range of the saving was not computed.';
  const saving = situation === 'change' ? 'the saving' : "the best change's saving";
  return `The ${reader.percent('90')} range of ${saving} is ${range}.`;
}

/** Engineering time is the largest cost that is assumed rather than billed. */
function laborLine({ stack }: AuditReading, reader: Reader): string {
  const { verdict, withoutLabor } = stack;
  const saving = withoutLabor.savingUsd;
  if (saving === undefined) return 'The saving without engineering time is unknown.';
  if (KEPT.has(verdict) && KEPT.has(withoutLabor.verdict)) {
    return 'With and without engineering time, the verdict is to keep everything.';
  }
  const without = `Without engineering time, the saving is ${dollars(saving, reader)}`;
  if (verdict === 'not enough evidence') return `${without}.`;
  return verdict === withoutLabor.verdict
    ? `${without} and the verdict is the same.`
    : `${without} and the verdict would be "${withoutLabor.verdict}".`;
}

const KEPT: ReadonlySet<string> = new Set(['keep', 'keep (required)']);

interface Nearest {
  readonly flip: Reading<AuditInputBreakEven>;
  /** Deployment, if it is not the plan's break-even. */
  readonly deployment?: string;
}

function breakEvenLine(audit: AuditReading, reader: Reader): string {
  const nearest = nearestBreakEven(audit);
  if (nearest === undefined) return 'No single input has a break-even value.';
  const { flip, deployment } = nearest;
  const at =
    deployment !== undefined
      ? `changing ${shownName(deployment)} costs the same as keeping it`
      : audit.situation === 'change'
        ? 'keeping costs the same as the plan'
        : 'the best change costs the same as keeping';
  const after = flip.contract?.isBeyond === true ? contractText(flip.contract.until, reader) : '';
  return `If ${movedText(flip, reader)}${after}, ${at}.`;
}

function contractText(until: string | null, reader: Reader): string {
  return until === null
    ? ' after the contract'
    : ` after the contract ends on ${dayName(until, reader)}`;
}

/** The plan's nearest break-even, or else the nearest of any deployment. */
function nearestBreakEven({ stack, deployments }: AuditReading): Nearest | undefined {
  const own = reachable(stack.flips, deployments).map((flip): Nearest => ({ flip }));
  const others = deployments.flatMap((each) =>
    reachable(each.flips, [each])
      .slice(0, 1)
      .map((flip): Nearest => ({ flip, deployment: each.id })),
  );
  return own[0] ?? others.toSorted((a, b) => compare(distance(a), distance(b)))[0];
}

/**
 * Possible break-evens, nearest first. A price of $0, no traffic, or more tokens than the replicas
 * could serve is left out.
 */
function reachable(
  flips: readonly Reading<AuditInputBreakEven>[],
  deployments: AuditReading['deployments'],
): Reading<AuditInputBreakEven>[] {
  const isServable =
    flips.some(({ code }) => code === 'utilization') ||
    deployments.some(({ utilization }) => utilization === undefined);
  return flips.filter(({ code, flipsAt }) => {
    if (code === 'tokens-per-day' && !isServable) return false;
    return code === 'ops-hours' || code === 'cache-share' || !isZero(flipsAt);
  });
}

const FAR = exact(1_000_000n);

function distance({ flip }: Nearest): Exact {
  const change = flip.change ?? FAR;
  return change.num < 0n ? negate(change) : change;
}

const MOVING: Readonly<Record<BreakEvenInputCode, readonly [subject: string, unit: string]>> = {
  'gpu-rate': ['GPU prices', ' an hour'],
  'hosted-price': ['hosted prices', ' per million tokens'],
  'tokens-per-day': ['tokens a day', ''],
  'ops-hours': ['engineering hours', ' hours'],
  utilization: ['utilization', ''],
  'cache-share': ['cache hits at the provider', ''],
};

/** `GPU prices fall 62%, to $0.95 an hour`, `tokens a day rise 2.6-fold, to 10B`. */
function movedText(flip: Reading<AuditInputBreakEven>, reader: Reader): string {
  const { label, amount } = inputWords(flip);
  const [subject, unit] = flip.code === undefined ? [label, ''] : MOVING[flip.code];
  const at = `${amount(flip.flipsAt, reader)}${unit}`;
  const change = flip.change;
  if (change === undefined) return `${subject} reach ${at}`;
  const verb = change.num < 0n ? 'fall' : 'rise';
  const moves = flip.code === 'utilization' ? `${verb}s` : verb;
  if (change.num < 0n) return `${subject} ${moves} ${percent(negate(change), reader)}, to ${at}`;
  return compare(change, ONE) < 0
    ? `${subject} ${moves} ${percent(change, reader)}, to ${at}`
    : `${subject} ${moves} ${times(add(ONE, change), reader).replace('\u00d7', '-fold')}, to ${at}`;
}

/** Options that move tokens to hosted APIs. */
const HOSTED: ReadonlySet<OptionName> = new Set(['delete', 'hybrid']);

/** Explains a price per token of the whole stack that seems to contradict the advice. */
function priceLine(audit: AuditReading, withFigures: boolean, reader: Reader): string[] {
  const [own, hosted] = [audit.totals.effectiveUsdPerMtok, audit.totals.hostedUsdPerMtok];
  if (own === undefined || hosted === undefined) return [];
  const isCheaper = compare(own, hosted) < 0;
  const leaves = audit.changes.some(({ option }) => HOSTED.has(option));
  if (audit.situation === 'change' && isCheaper && leaves) {
    return [
      `${pricesText(own, hosted, withFigures, reader)} The ` +
        `verdict compares only the deployments to change.`,
    ];
  }
  if (audit.situation !== 'keep' || isCheaper) return [];
  return [
    `${pricesText(own, hosted, withFigures, reader)} The verdict also counts engineering time, ` +
      'commitments and waivers.',
  ];
}

/** The stack's prices, as figures if `withFigures` is true. */
function pricesText(own: Exact, hosted: Exact, withFigures: boolean, reader: Reader): string {
  if (withFigures) {
    const [self, api] = [own, hosted].map((each) => pricePerMtok(each, reader));
    return `Per million tokens, the whole stack costs ${self} self-hosted and ${api} hosted.`;
  }
  const than = compare(own, hosted) < 0 ? 'less' : 'more';
  return `Per token, self-hosting the whole stack costs ${than} than hosted APIs.`;
}
