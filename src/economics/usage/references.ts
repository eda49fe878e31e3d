/** Published throughput of models on GPUs, and the run nearest to a deployment's. */

import { parseGpu } from '../../domain/gpu.ts';
import { invariant } from '../../domain/failure.ts';

/** One published run, per GPU. */
export interface ThroughputReference {
  readonly gpu: string;
  readonly model: string;
  readonly precision: string;
  readonly engine: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Prompt plus output tokens per second of one GPU, without cached prompts. */
  readonly tokensPerSecond: number;
  readonly source: ReferenceSource;
}

/** The project that published the run. */
export type ReferenceSource = 'tensorrt-llm' | 'gpustack' | 'vllm-cost-meter';

/** All three projects allow the use of their figures (Apache-2.0 and MIT). */
const SOURCES: Readonly<Record<string, ReferenceSource>> = {
  TRT: 'tensorrt-llm',
  GPUSTACK: 'gpustack',
  METER: 'vllm-cost-meter',
};

/**
 * GPU, model, precision, tokens in and out of a request, tokens per second, engine, source. If
 * several engines were measured at one shape, the fastest. If a page states only output, prompts
 * are added by the shape: 28,312 out at 128 in and 128 out are 56,624.
 */
const TABLE = `
A100 | Llama-3.1-8B-Instruct | FP16 | 512 | 256 | 8719 | vLLM 0.19.0 | METER
A100 | Llama-3.1-8B-Instruct | FP8 | 512 | 256 | 7465 | vLLM 0.19.0 | METER
A100 | Mixtral-8x7B-Instruct-v0.1 | FP16 | 512 | 256 | 3520 | vLLM 0.19.0 | METER
A100 | Qwen3-14B | BF16 | 128 | 4 | 8762 | TensorRT-LLM 1.2.0rc1 | GPUSTACK
A100 | Qwen3-14B | BF16 | 217 | 201 | 5761 | TensorRT-LLM 1.2.0rc1 | GPUSTACK
A100 | Qwen3-14B | BF16 | 1996 | 100 | 7474 | TensorRT-LLM 1.2.0rc1 | GPUSTACK
A100 | Qwen3-14B | BF16 | 3996 | 200 | 6419 | TensorRT-LLM 1.2.0rc1 | GPUSTACK
A100 | Qwen3-14B | BF16 | 32000 | 99 | 4430 | vLLM 0.11.0 | GPUSTACK
A100 | Qwen3-30B-A3B-Instruct-2507 | FP16 | 512 | 256 | 6214 | vLLM 0.19.0 | METER
A100 | Qwen3-30B-A3B-Instruct-2507 | FP8 | 512 | 256 | 8600 | vLLM 0.19.0 | METER
A100 | Qwen3-32B | BF16 | 128 | 4 | 3536 | TensorRT-LLM 1.2.0rc1 | GPUSTACK
A100 | Qwen3-32B | BF16 | 217 | 201 | 2054 | TensorRT-LLM 1.2.0rc1 | GPUSTACK
A100 | Qwen3-32B | BF16 | 1996 | 100 | 2716 | TensorRT-LLM 1.2.0rc1 | GPUSTACK
A100 | Qwen3-32B | BF16 | 3996 | 200 | 2038 | TensorRT-LLM 1.2.0rc1 | GPUSTACK
A100 | Qwen3-32B | BF16 | 32000 | 77 | 1798 | vLLM 0.11.0 | GPUSTACK
A100 | gpt-oss-120b | MXFP4 | 128 | 4 | 10786 | vLLM 0.11.0 | GPUSTACK
A100 | gpt-oss-120b | MXFP4 | 215 | 197 | 4769 | vLLM 0.11.0 | GPUSTACK
A100 | gpt-oss-120b | MXFP4 | 1998 | 98 | 9250 | vLLM 0.11.0 | GPUSTACK
A100 | gpt-oss-120b | MXFP4 | 3998 | 136 | 8468 | vLLM 0.11.0 | GPUSTACK
A100 | gpt-oss-120b | MXFP4 | 32000 | 98 | 4606 | vLLM 0.11.0 | GPUSTACK
A100 | gpt-oss-20b | MXFP4 | 128 | 4 | 25173 | vLLM 0.11.0 | GPUSTACK
A100 | gpt-oss-20b | MXFP4 | 215 | 194 | 9743 | vLLM 0.11.0 | GPUSTACK
A100 | gpt-oss-20b | MXFP4 | 215 | 196 | 559 | SGLang 0.5.4.post2 | GPUSTACK
A100 | gpt-oss-20b | MXFP4 | 1998 | 94 | 18920 | vLLM 0.11.0 | GPUSTACK
A100 | gpt-oss-20b | MXFP4 | 3998 | 106 | 16551 | vLLM 0.11.0 | GPUSTACK
A100 | gpt-oss-20b | MXFP4 | 32000 | 94 | 7363 | vLLM 0.11.0 | GPUSTACK
A100 | gpt-oss-20b | MXFP4 | 32000 | 95 | 7280 | vLLM 0.11.0 | GPUSTACK
B200 | Llama-3.3-70B-Instruct | FP4 | 128 | 128 | 22294 | TensorRT-LLM 1.0 | TRT
B200 | Llama-3.3-70B-Instruct | FP4 | 500 | 2000 | 9702 | TensorRT-LLM 1.0 | TRT
B200 | Llama-3.3-70B-Instruct | FP4 | 1000 | 1000 | 14014 | TensorRT-LLM 1.0 | TRT
B200 | Llama-3.3-70B-Instruct | FP4 | 1000 | 2000 | 9406 | TensorRT-LLM 1.0 | TRT
B200 | Llama-3.3-70B-Instruct | FP4 | 1024 | 8192 | 3647 | TensorRT-LLM after 1.0 | TRT
B200 | Llama-3.3-70B-Instruct | FP4 | 2048 | 2048 | 9566 | TensorRT-LLM 1.0 | TRT
B200 | Llama-3.3-70B-Instruct | FP4 | 5000 | 500 | 16049 | TensorRT-LLM 1.0 | TRT
B200 | Llama-3.3-70B-Instruct | FP4 | 8192 | 1024 | 12258 | TensorRT-LLM after 1.0 | TRT
B200 | Llama-3.3-70B-Instruct | FP4 | 20000 | 2000 | 7315 | TensorRT-LLM 1.0 | TRT
B200 | Llama-3.3-70B-Instruct | FP4 | 32768 | 1024 | 9042 | TensorRT-LLM after 1.0 | TRT
B200 | Qwen3-30B-A3B | FP4 | 1000 | 1000 | 53942 | TensorRT-LLM after 1.0 | TRT
B200 | gpt-oss-120b | MXFP4 | 1000 | 1000 | 51886 | TensorRT-LLM after 1.0 | TRT
B200 | gpt-oss-20b | MXFP4 | 1000 | 1000 | 107624 | TensorRT-LLM after 1.0 | TRT
H100 | Llama-3.1-8B-Instruct | FP16 | 512 | 256 | 18713 | vLLM 0.19.0 | METER
H100 | Llama-3.1-8B-Instruct | FP8 | 128 | 128 | 56624 | TensorRT-LLM 1.0 | TRT
H100 | Llama-3.1-8B-Instruct | FP8 | 128 | 2048 | 24134 | TensorRT-LLM 1.0 | TRT
H100 | Llama-3.1-8B-Instruct | FP8 | 500 | 2000 | 22075 | TensorRT-LLM 1.0 | TRT
H100 | Llama-3.1-8B-Instruct | FP8 | 512 | 256 | 24465 | vLLM 0.19.0 | METER
H100 | Llama-3.1-8B-Instruct | FP8 | 1000 | 1000 | 30440 | TensorRT-LLM 1.0 | TRT
H100 | Llama-3.1-8B-Instruct | FP8 | 1000 | 2000 | 20848 | TensorRT-LLM 1.0 | TRT
H100 | Llama-3.1-8B-Instruct | FP8 | 2048 | 128 | 58650 | TensorRT-LLM 1.0 | TRT
H100 | Llama-3.1-8B-Instruct | FP8 | 2048 | 2048 | 18610 | TensorRT-LLM 1.0 | TRT
H100 | Llama-3.1-8B-Instruct | FP8 | 5000 | 500 | 38049 | TensorRT-LLM 1.0 | TRT
H100 | Llama-3.1-8B-Instruct | FP8 | 20000 | 2000 | 14861 | TensorRT-LLM 1.0 | TRT
H100 | Llama-3.3-70B-Instruct | FP8 | 128 | 128 | 6378 | TensorRT-LLM 1.0 | TRT
H100 | Llama-3.3-70B-Instruct | FP8 | 500 | 2000 | 3264 | TensorRT-LLM 1.0 | TRT
H100 | Llama-3.3-70B-Instruct | FP8 | 1000 | 1000 | 4418 | TensorRT-LLM after 1.0 | TRT
H100 | Llama-3.3-70B-Instruct | FP8 | 1000 | 2000 | 3110 | TensorRT-LLM 1.0 | TRT
H100 | Llama-3.3-70B-Instruct | FP8 | 2048 | 2048 | 3082 | TensorRT-LLM 1.0 | TRT
H100 | Llama-3.3-70B-Instruct | FP8 | 8192 | 1024 | 3582 | TensorRT-LLM after 1.0 | TRT
H100 | Llama-3.3-70B-Instruct | FP8 | 20000 | 2000 | 2404 | TensorRT-LLM 1.0 | TRT
H100 | Mixtral-8x7B-Instruct-v0.1 | FP16 | 512 | 256 | 6682 | vLLM 0.19.0 | METER
H100 | Mixtral-8x7B-Instruct-v0.1 | FP8 | 512 | 256 | 11286 | vLLM 0.19.0 | METER
H100 | Qwen3-14B | BF16 | 128 | 4 | 5797 | vLLM 0.11.0 | GPUSTACK
H100 | Qwen3-14B | BF16 | 217 | 202 | 8404 | SGLang 0.5.5.post1 | GPUSTACK
H100 | Qwen3-14B | BF16 | 1996 | 100 | 10597 | vLLM 0.11.0 | GPUSTACK
H100 | Qwen3-14B | BF16 | 3996 | 200 | 9218 | vLLM 0.11.0 | GPUSTACK
H100 | Qwen3-14B | BF16 | 32000 | 99 | 8299 | vLLM 0.11.0 | GPUSTACK
H100 | Qwen3-14B | FP8 | 128 | 4 | 16885 | SGLang 0.5.5.post1 | GPUSTACK
H100 | Qwen3-14B | FP8 | 1996 | 100 | 14764 | SGLang 0.5.5.post1 | GPUSTACK
H100 | Qwen3-14B | FP8 | 3996 | 200 | 12258 | SGLang 0.5.5.post1 | GPUSTACK
H100 | Qwen3-14B | FP8 | 32000 | 100 | 10014 | SGLang 0.5.5.post1 | GPUSTACK
H100 | Qwen3-30B-A3B-Instruct-2507 | FP16 | 512 | 256 | 15958 | vLLM 0.19.0 | METER
H100 | Qwen3-30B-A3B-Instruct-2507 | FP8 | 512 | 256 | 27813 | vLLM 0.19.0 | METER
H100 | Qwen3-32B | BF16 | 128 | 4 | 4006 | vLLM 0.11.0 | GPUSTACK
H100 | Qwen3-32B | BF16 | 217 | 202 | 2660 | TensorRT-LLM 1.2.0rc1 | GPUSTACK
H100 | Qwen3-32B | BF16 | 1996 | 100 | 3195 | vLLM 0.11.0 | GPUSTACK
H100 | Qwen3-32B | BF16 | 3996 | 200 | 2149 | vLLM 0.11.0 | GPUSTACK
H100 | Qwen3-32B | BF16 | 32000 | 77 | 2772 | vLLM 0.11.0 | GPUSTACK
H100 | Qwen3-32B | FP8 | 128 | 4 | 6826 | TensorRT-LLM 1.2.0rc1 | GPUSTACK
H100 | Qwen3-32B | FP8 | 1996 | 100 | 5902 | TensorRT-LLM 1.2.0rc1 | GPUSTACK
H100 | Qwen3-32B | FP8 | 3996 | 200 | 4929 | TensorRT-LLM 1.2.0rc1 | GPUSTACK
H100 | Qwen3-32B | FP8 | 32000 | 78 | 4068 | TensorRT-LLM 1.2.0rc1 | GPUSTACK
H100 | Qwen3.5-9B | BF16 | 1024 | 128 | 34470 | vLLM 0.17.1 | GPUSTACK
H100 | gpt-oss-120b | MXFP4 | 128 | 4 | 17059 | vLLM 0.10.2 | GPUSTACK
H100 | gpt-oss-120b | MXFP4 | 215 | 194 | 2140 | TensorRT-LLM 1.0.0 | GPUSTACK
H100 | gpt-oss-120b | MXFP4 | 215 | 196 | 6095 | vLLM 0.10.2 | GPUSTACK
H100 | gpt-oss-120b | MXFP4 | 1000 | 1000 | 9370 | TensorRT-LLM after 1.0 | TRT
H100 | gpt-oss-120b | MXFP4 | 1998 | 98 | 17042 | vLLM 0.10.2 | GPUSTACK
H100 | gpt-oss-120b | MXFP4 | 3998 | 134 | 14248 | vLLM 0.10.2 | GPUSTACK
H100 | gpt-oss-120b | MXFP4 | 3998 | 136 | 17246 | vLLM 0.10.2 | GPUSTACK
H100 | gpt-oss-120b | MXFP4 | 32000 | 100 | 16236 | vLLM 0.10.2 | GPUSTACK
H100 | gpt-oss-20b | MXFP4 | 128 | 4 | 32612 | vLLM 0.11.0 | GPUSTACK
H100 | gpt-oss-20b | MXFP4 | 215 | 194 | 16494 | vLLM 0.11.0 | GPUSTACK
H100 | gpt-oss-20b | MXFP4 | 215 | 196 | 5627 | SGLang 0.5.4.post2 | GPUSTACK
H100 | gpt-oss-20b | MXFP4 | 1000 | 1000 | 23114 | TensorRT-LLM after 1.0 | TRT
H100 | gpt-oss-20b | MXFP4 | 1998 | 94 | 33150 | vLLM 0.11.0 | GPUSTACK
H100 | gpt-oss-20b | MXFP4 | 3998 | 105 | 33236 | vLLM 0.11.0 | GPUSTACK
H100 | gpt-oss-20b | MXFP4 | 3998 | 106 | 33823 | vLLM 0.11.0 | GPUSTACK
H100 | gpt-oss-20b | MXFP4 | 32000 | 94 | 29730 | vLLM 0.11.0 | GPUSTACK
H200 | Llama-3.1-8B-Instruct | FP8 | 128 | 128 | 55822 | TensorRT-LLM 1.0 | TRT
H200 | Llama-3.1-8B-Instruct | FP8 | 128 | 2048 | 27860 | TensorRT-LLM 1.0 | TRT
H200 | Llama-3.1-8B-Instruct | FP8 | 500 | 2000 | 25962 | TensorRT-LLM 1.0 | TRT
H200 | Llama-3.1-8B-Instruct | FP8 | 1000 | 1000 | 35488 | TensorRT-LLM 1.0 | TRT
H200 | Llama-3.1-8B-Instruct | FP8 | 1000 | 2000 | 25242 | TensorRT-LLM 1.0 | TRT
H200 | Llama-3.1-8B-Instruct | FP8 | 2048 | 128 | 60146 | TensorRT-LLM 1.0 | TRT
H200 | Llama-3.1-8B-Instruct | FP8 | 2048 | 2048 | 24388 | TensorRT-LLM 1.0 | TRT
H200 | Llama-3.1-8B-Instruct | FP8 | 5000 | 500 | 42922 | TensorRT-LLM 1.0 | TRT
H200 | Llama-3.1-8B-Instruct | FP8 | 20000 | 2000 | 19844 | TensorRT-LLM 1.0 | TRT
H200 | Llama-3.3-70B-Instruct | FP8 | 128 | 128 | 7606 | TensorRT-LLM 1.0 | TRT
H200 | Llama-3.3-70B-Instruct | FP8 | 500 | 2000 | 4582 | TensorRT-LLM 1.0 | TRT
H200 | Llama-3.3-70B-Instruct | FP8 | 1000 | 1000 | 5818 | TensorRT-LLM 1.0 | TRT
H200 | Llama-3.3-70B-Instruct | FP8 | 1000 | 2000 | 4491 | TensorRT-LLM 1.0 | TRT
H200 | Llama-3.3-70B-Instruct | FP8 | 1024 | 8192 | 2260 | TensorRT-LLM after 1.0 | TRT
H200 | Llama-3.3-70B-Instruct | FP8 | 2048 | 2048 | 4006 | TensorRT-LLM 1.0 | TRT
H200 | Llama-3.3-70B-Instruct | FP8 | 5000 | 500 | 6226 | TensorRT-LLM 1.0 | TRT
H200 | Llama-3.3-70B-Instruct | FP8 | 8192 | 1024 | 4833 | TensorRT-LLM after 1.0 | TRT
H200 | Llama-3.3-70B-Instruct | FP8 | 20000 | 2000 | 3113 | TensorRT-LLM 1.0 | TRT
H200 | Llama-3.3-70B-Instruct | FP8 | 32768 | 1024 | 3960 | TensorRT-LLM after 1.0 | TRT
H200 | Qwen3.5-35B-A3B | BF16 | 1024 | 128 | 37935 | vLLM 0.17.1 | GPUSTACK
H200 | Qwen3.5-35B-A3B | FP8 | 1024 | 128 | 50465 | vLLM 0.17.1 | GPUSTACK
H200 | gpt-oss-120b | MXFP4 | 1000 | 1000 | 13736 | TensorRT-LLM after 1.0 | TRT
H200 | gpt-oss-20b | MXFP4 | 1000 | 1000 | 27716 | TensorRT-LLM after 1.0 | TRT
`;

const ALL: readonly ThroughputReference[] = TABLE.trim()
  .split('\n')
  .map((line) => {
    const [gpu = '', model = '', precision = '', input, output, pace, engine = '', name = ''] =
      line.split(' | ');
    const source = SOURCES[name];
    invariant(source !== undefined, 'every published run names one of the three sources');
    return {
      gpu,
      model,
      precision,
      engine,
      inputTokens: Number(input),
      outputTokens: Number(output),
      tokensPerSecond: Number(pace),
      source,
    };
  });

const BY_NAME = Map.groupBy(ALL, ({ gpu, model }) => `${gpu} ${modelName(model)}`);

export interface ReferenceQuery {
  readonly gpu: string;
  /** A Hugging Face id: `meta-llama/Llama-3.1-8B-Instruct`. */
  readonly model: string;
  /** Computed prompt tokens, without cached ones, per output token. */
  readonly inputPerOutput: number;
}

/**
 * The run of the same model and GPU with the nearest ratio of input to output; of two at the same
 * distance, the faster. `undefined` if none is published.
 */
export function nearestReference(query: ReferenceQuery): ThroughputReference | undefined {
  const { gpu, model, inputPerOutput } = query;
  const kind = parseGpu(gpu)?.model;
  const name = modelName(model);
  const distance = ({ inputTokens, outputTokens }: ThroughputReference) => {
    const times = inputTokens / outputTokens / inputPerOutput;
    return Math.max(times, 1 / times);
  };
  return (BY_NAME.get(`${kind} ${name}`) ?? []).toSorted(
    (a, b) => distance(a) - distance(b) || b.tokensPerSecond - a.tokensPerSecond,
  )[0];
}

/** The name without its owner and quantization suffix: `RedHatAI/Qwen3-14B-FP8` is `qwen3-14b`. */
function modelName(model: string): string {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase();
  return name
    .replace(/^meta-/, '')
    .replace(/[-_](?:fp8|fp4|nvfp4|mxfp4|awq|gptq|int8|int4|bf16|fp16|w\d+a\d+).*$/, '');
}
