/** Formats figures within sentences, and the basis of a capacity. */

import { trimZeros, type RatioText } from '../../domain/figures.ts';
import { decimal, exact, multiply, toDecimal } from '../../domain/exact.ts';
import type { RoundingMode } from '../../domain/integers.ts';
import type { LocaleFormat } from '../locale.ts';
import type { AuditCapacityBasis, AuditDeployment } from '../../verdict/auditDeployment.ts';
import type { ReferenceSource } from '../../economics/usage/references.ts';

/** The function that makes the sentence of each code. A missing code is a type error. */
export type SentencesOf<Fact extends { readonly code: string }> = {
  readonly [Code in Fact['code']]: (fact: Extract<Fact, { readonly code: Code }>) => string;
};

/**
 * 0.625 is `62.5%`, 0.9 is `90%`. Use `floor` for a share that must not read as the threshold above
 * it.
 */
export function shareText(
  share: RatioText,
  writing: LocaleFormat,
  mode: RoundingMode = 'half-even',
): string {
  const percents = toDecimal(multiply(decimal(share), exact(100n)), 1, mode);
  return writing.percent(percents.replace(/\.0$/, ''));
}

/** Formats a day given as `2026-12-31`. */
export function dayText(day: string, writing: LocaleFormat): string {
  return writing.date(Date.parse(`${day}T00:00:00Z`));
}

/** `2026-Q3` is `Q3 2026`. Other text stays as it is. */
export function quarterName(quarter: string): string {
  return quarter.replace(/^(\d{4})-(Q[1-4])$/, '$2 $1');
}

/** At most so many decimals: `8832.000000` is `8,832`, `4.500000` with 1 is `4.5`. */
export function numberText(number: RatioText, places: number, writing: LocaleFormat): string {
  return writing.number(trimZeros(toDecimal(decimal(number), places)));
}

/** Exactly so many decimals: `1.500000` with 2 is `1.50`. */
export function fixedText(number: RatioText, places: number, writing: LocaleFormat): string {
  return writing.number(toDecimal(decimal(number), places));
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(names: readonly string[]): string {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}

/** `a, b and 3 more` for two names of five. */
export function namedText(names: readonly string[], count = names.length): string {
  const more = count - names.length;
  return more > 0 ? `${names.join(', ')} and ${more} more` : listed(names);
}

/** The first names, and the number of others. */
export function shortList(names: readonly string[], most: number, all = names.length): string {
  return namedText(names.slice(0, most), all);
}

/** `measured`, `observed (a lower bound), raised to the fastest interval`. */
export function capacityBasisText({ code, raised }: AuditCapacityBasis): string {
  const basis = code === 'observed' ? 'observed (a lower bound)' : code;
  return raised === true ? `${basis}, raised to the fastest interval` : basis;
}

/** Bases by their text in audits without codes. */
const BY_TEXT: ReadonlyMap<string, AuditCapacityBasis> = new Map([
  ['measured', { code: 'measured' }],
  ['measured, raised to what was seen', { code: 'measured', raised: true }],
  ['observed (a lower bound)', { code: 'observed' }],
  ['observed (a lower bound), raised to what was seen', { code: 'observed', raised: true }],
]);

/** Reads the basis. Audits of older versions have only its text. Null without a known capacity. */
export function capacityBasisOf({
  capacityBasis,
  capacityBasisDetail,
}: Pick<AuditDeployment, 'capacityBasis' | 'capacityBasisDetail'>): AuditCapacityBasis | null {
  return capacityBasisDetail ?? BY_TEXT.get(capacityBasis ?? '') ?? null;
}

export function referenceCitation(source: ReferenceSource): string {
  return CITATIONS[source];
}

const CITATIONS: Readonly<Record<ReferenceSource, string>> = {
  'tensorrt-llm': 'TensorRT-LLM performance overview, github.com/NVIDIA/TensorRT-LLM',
  gpustack: 'GPUStack performance lab, github.com/gpustack/gpustack',
  'vllm-cost-meter': 'vllm-cost-meter measurements, github.com/pChitral/vllm-cost-meter',
};
