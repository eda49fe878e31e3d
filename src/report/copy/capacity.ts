/** States what the capacity of a deployment is based on, and cites published measurements. */

import type { ReferenceSource } from '../../economics/usage/references.ts';
import type { AuditCapacityBasis, AuditDeployment } from '../../verdict/auditDeployment.ts';

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
