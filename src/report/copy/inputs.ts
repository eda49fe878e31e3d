/** Names of a verdict's inputs, and formats of their values. */

import {
  decimal,
  type Exact,
  exact,
  multiply,
  negate,
  toDecimal,
  toNumber,
  trimZeros,
} from '../../domain/exact.ts';
import type {
  BreakEvenInputCode,
  EffectDetail,
  ScenarioDetail,
} from '../../verdict/sensitivity/inputEffect.ts';
import { dollars, percent, shortNumber, tokenCount, pricePerMtok } from '../format.ts';
import type { LocaleFormat, Reader } from '../locale.ts';
import type { AuditInputBreakEven, AuditSensitivity } from '../../verdict/auditDecision.ts';
import { oneLine, shownText } from '../displayText.ts';

interface FlipWords {
  /** Name in an audit. */
  readonly name: string;
  readonly label: string;
  readonly amount: (value: Exact, reader: Reader) => string;
  /** Unit after the first mention of the amount. */
  readonly unit: string;
}

const tokens = (value: Exact, reader: Reader) => tokenCount(toNumber(value), reader);

const FLIPS: Readonly<Record<BreakEvenInputCode, FlipWords>> = {
  'hosted-price': {
    name: 'hosted $/Mtok',
    label: 'hosted price',
    amount: pricePerMtok,
    unit: ' per Mtok',
  },
  'gpu-rate': { name: 'GPU $/h', label: 'GPU price', amount: dollars, unit: ' an hour' },
  'ops-hours': {
    name: 'ops hours',
    label: 'engineering hours',
    amount: shortNumber,
    unit: ' hours',
  },
  'tokens-per-day': { name: 'tokens per day', label: 'tokens a day', amount: tokens, unit: '' },
  utilization: { name: 'utilization', label: 'utilization', amount: percent, unit: '' },
  'cache-share': {
    name: 'cache share',
    label: 'cache hits at the provider',
    amount: percent,
    unit: '',
  },
};

export function breakEvenInputName(code: BreakEvenInputCode): string {
  return FLIPS[code].name;
}

function breakEvenInputWords(code: BreakEvenInputCode): Omit<FlipWords, 'name'> {
  return FLIPS[code];
}

/** Finds the code by the name in an audit without codes. */
export function findBreakEvenInputCode(name: string): BreakEvenInputCode | undefined {
  const codes = Object.keys(FLIPS) as BreakEvenInputCode[];
  return codes.find((code) => FLIPS[code].name === name);
}

/** False for an input of a newer version. */
function isKnownEffect({ code }: EffectDetail): boolean {
  return Object.hasOwn(EFFECTS, code);
}

/** False for a scenario of a newer version. */
export function isKnownScenario({ input }: ScenarioDetail): boolean {
  return Object.hasOwn(EFFECTS, input);
}

export function effectName({ code }: Pick<EffectDetail, 'code'>): string {
  return EFFECTS[code];
}

/** Names of the input that audits without codes store with plain ratios. */
export const OLD_CACHE_SHARE: readonly string[] = ['cache hits at the host'];

const EFFECTS: Readonly<Record<EffectDetail['code'], string>> = {
  'self-hosted-hours': 'self-hosting hours',
  'hosting-hours': 'hosted API hours',
  'cache-share': 'cache hits at the provider',
  'hosted-price': 'hosted price',
  'gpu-rate': 'GPU price',
  tokens: 'tokens',
  host: 'provider',
};

export type EffectEnds = Readonly<Record<'low' | 'base' | 'high', string>>;

/** Short labels: `40 h`, `−30%`, `0.5`, `cheapest`. */
export function effectEnds(detail: EffectDetail, writing: LocaleFormat): EffectEnds {
  switch (detail.code) {
    case 'self-hosted-hours':
    case 'hosting-hours': {
      const hours = (text: string) => `${short(text, writing)} h`;
      const { lowHours, baseHours, highHours } = detail;
      return { low: hours(lowHours), base: hours(baseHours), high: hours(highHours) };
    }
    case 'cache-share': {
      const { lowShare, baseShare, highShare } = detail;
      const share = (text: string) => short(text, writing);
      return { low: share(lowShare), base: share(baseShare), high: share(highShare) };
    }
    case 'hosted-price':
    case 'gpu-rate':
    case 'tokens': {
      const [low, high] = [detail.lowChange, detail.highChange];
      return { low: changeText(low, writing), base: MEASURED, high: changeText(high, writing) };
    }
    case 'host':
      return { low: 'cheapest', base: 'chosen', high: 'most expensive' };
  }
}

/** `hosted price −30%`. */
export function scenarioName({ input, change }: ScenarioDetail, writing: LocaleFormat): string {
  return `${EFFECTS[input]} ${changeText(change, writing)}`;
}

const MEASURED = 'as measured';

/** `−30%` for -0.3, `+12.5%` for 0.125. */
function changeText(change: string, writing: LocaleFormat): string {
  const value = decimal(change);
  const size = value.num < 0n ? negate(value) : value;
  const digits = trimZeros(toDecimal(multiply(size, exact(100n)), 1));
  if (digits === '0') return MEASURED;
  return `${value.num < 0n ? '\u2212' : '+'}${writing.percent(digits)}`;
}

/** At most two decimals: `40`, `0.5`. */
function short(text: string, writing: LocaleFormat): string {
  const digits = trimZeros(toDecimal(decimal(text), 2));
  return digits.includes('.') ? writing.number(digits) : digits;
}

interface InputWords {
  readonly label: string;
  readonly amount: (value: Exact, reader: Reader) => string;
  /** Unit after the first mention of the amount. */
  readonly unit: string;
}

/** An unknown input keeps its stored name, and its figures have no unit. */
export function inputWords({
  code,
  input,
}: Pick<AuditInputBreakEven, 'code' | 'input'>): InputWords {
  if (code !== undefined) return breakEvenInputWords(code);
  return { label: oneLine(input, 80), amount: shortNumber, unit: '' };
}

/** Label within a sentence. Audits of other versions may have only a name. */
export function effectLabel({ detail, input }: Pick<AuditSensitivity, 'detail' | 'input'>): string {
  return detail === undefined || !isKnownEffect(detail) ? oneLine(input, 80) : effectName(detail);
}

/** Low and high end of an input's range, in its unit. */
export function effectRange(
  { detail, low, high }: Pick<AuditSensitivity, 'detail' | 'low' | 'high'>,
  reader: Reader,
): Pick<EffectEnds, 'low' | 'high'> {
  if (detail === undefined || !isKnownEffect(detail)) {
    return { low: shownText(low, 24, reader), high: shownText(high, 24, reader) };
  }
  if (detail.code !== 'cache-share') {
    const ends = effectEnds(detail, reader);
    return { low: ends.low, high: ends.high };
  }
  return {
    low: percent(decimal(detail.lowShare), reader),
    high: percent(decimal(detail.highShare), reader),
  };
}
