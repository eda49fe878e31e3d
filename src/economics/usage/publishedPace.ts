/** The highest published throughput of each GPU, and the highest plausible one. */

import { toNumber } from '../../domain/exact.ts';
import { parseGpu } from '../../domain/gpu.ts';
import { gpusPerReplica, type ReplicaGpu } from '../replicaGpus.ts';

/**
 * Prompt plus output tokens per second of one GPU: the highest of 184 published runs that were
 * compared, none with a cached prompt:
 * - A100: gpt-oss-20b MXFP4, vLLM 0.11, 128 in and 4 out (gpustack performance lab, a100).
 * - H100: Llama-3.1-8B FP8, TensorRT-LLM 1.0, 2048 in and 128 out (its perf-overview): 3,450 out.
 * - H200: the same run: 3,538 out.
 * - B200: gpt-oss-20b MXFP4, TensorRT-LLM after 1.0, 1000 in and 1000 out: 53,812 out.
 */
const PUBLISHED: Readonly<Record<string, number>> = {
  A100: 25_173,
  H100: 58_650,
  H200: 60_146,
  B200: 107_624,
};

/** A GPU that is not in the table may be as fast as the fastest one. */
const FASTEST = Math.max(...Object.values(PUBLISHED));

/**
 * Cached prompts cost almost nothing: with nine hits in ten, ten times as many tokens are served.
 */
const CACHED = 10;

/**
 * The highest plausible tokens per second of one replica: ten times the published figure for each
 * GPU. Two H100 are 1,173,000, a quarter of one is 146,625.
 */
export function plausibleThroughput(gpu: ReplicaGpu): number {
  const published = PUBLISHED[parseGpu(gpu.type)?.model ?? ''] ?? FASTEST;
  return published * CACHED * toNumber(gpusPerReplica(gpu));
}
