/** Citations of published throughput figures. */

import type { ReferenceSource } from '../../economics/usage/references.ts';

export function referenceCitation(source: ReferenceSource): string {
  return CITATIONS[source];
}

const CITATIONS: Readonly<Record<ReferenceSource, string>> = {
  'tensorrt-llm': 'TensorRT-LLM performance overview, github.com/NVIDIA/TensorRT-LLM',
  gpustack: 'GPUStack performance lab, github.com/gpustack/gpustack',
  'vllm-cost-meter': 'vllm-cost-meter measurements, github.com/pChitral/vllm-cost-meter',
};
