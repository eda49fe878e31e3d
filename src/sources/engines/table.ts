/** The table of inference engines: the metrics of each, their facts, and how they are counted. */

import { type EngineName, WAY_OUT } from '../../domain/usageWish.ts';
import type { EngineRecord, Family, LabelValues, Metric } from './record.ts';

const NOT_SERVED: LabelValues = { label: 'finished_reason', values: ['abort', 'error'] };

const PROMPT: Metric = { name: 'prompt_tokens_total', tells: ['prompt'] };
const OUTPUT: Metric = { name: 'generation_tokens_total', tells: ['output'] };
const CREATED: Metric = { name: 'prompt_tokens_created', tells: ['created'] };
const RUNNING: Metric = { name: 'num_requests_running', tells: ['running'] };
const SUCCESS: Metric = { name: 'request_success_total', tells: ['requests'], unless: NOT_SERVED };

const LATENCY = {
  'time-to-first-token': ['time_to_first_token_seconds'],
  'inter-token': [
    'inter_token_latency_seconds',
    'time_per_output_token_seconds',
    'request_time_per_output_token_seconds',
  ],
  request: ['e2e_request_latency_seconds'],
} as const;

/**
 * The prompt counter includes cached tokens. `prefix_cache_hits_total` counts tokens if the series
 * has an `engine` label, and blocks in older versions. The deprecated `gpu_prefix_cache_*` metrics
 * repeat it or count blocks, so they are never read.
 */
const VLLM_METRICS: readonly Metric[] = [
  PROMPT,
  OUTPUT,
  { name: 'prompt_tokens_cached_total', tells: ['cached'] },
  {
    name: 'prompt_tokens_by_source_total',
    tells: {
      label: 'source',
      values: { local_cache_hit: ['cached'], external_kv_transfer: ['cached', 'transferred'] },
    },
    choice: 1,
  },
  { name: 'prefix_cache_hits_total', tells: ['cached'], choice: 2, onlyWith: 'engine' },
  SUCCESS,
  RUNNING,
  CREATED,
];

const VLLM: Family = {
  name: 'vllm',
  spellings: ['vllm:', 'vllm_'],
  metrics: VLLM_METRICS,
  latency: LATENCY,
};
const RAY: Family = {
  name: 'ray',
  spellings: ['ray_vllm:', 'ray_vllm_'],
  metrics: VLLM_METRICS,
  latency: LATENCY,
};

const VLLM_LABELS = { ranks: ['engine'], parts: ['finished_reason', 'source'] } as const;

const SGLANG: Family = {
  name: 'sglang',
  spellings: ['sglang:', 'sglang_'],
  latency: LATENCY,
  metrics: [
    { ...PROMPT, choice: 1 },
    { ...OUTPUT, choice: 1 },
    {
      name: 'cached_tokens_total',
      tells: ['cached'],
      choice: 1,
      total: { label: 'cache_source', value: 'total' },
    },
    {
      name: 'realtime_tokens_total',
      tells: {
        label: 'mode',
        values: {
          prefill_compute: ['prompt'],
          prefill_cache: ['prompt', 'cached'],
          decode: ['output'],
        },
      },
    },
    { name: 'num_requests_total', tells: ['requests'] },
    { name: 'num_running_reqs', tells: ['running'] },
    { name: 'forward_execution_seconds_total', tells: ['busy'], isSeconds: true },
    CREATED,
  ],
};

const TGI: Family = {
  name: 'tgi',
  spellings: ['tgi_'],
  latency: {
    'inter-token': ['request_mean_time_per_token_duration'],
    request: ['request_duration'],
  },
  metrics: [
    { name: 'request_input_length_sum', tells: ['prompt'] },
    { name: 'request_generated_tokens_sum', tells: ['output'] },
    { name: 'request_success', tells: ['requests'] },
    { name: 'request_success_total', tells: ['requests'], choice: 1 },
    { name: 'request_failure', tells: ['failed'] },
    { name: 'request_failure_total', tells: ['failed'], choice: 1 },
    { name: 'batch_current_size', tells: ['running'] },
    { name: 'batch_inference_duration_sum', tells: ['busy'], isSeconds: true },
  ],
};

const TENSORRT_LLM: Family = {
  name: 'tensorrt-llm',
  spellings: ['trtllm_'],
  latency: LATENCY,
  metrics: [
    PROMPT,
    OUTPUT,
    { name: 'prompt_cached_tokens_total', tells: ['cached'] },
    SUCCESS,
    RUNNING,
    CREATED,
  ],
};

const NIM: Family = {
  name: 'nim',
  spellings: [''],
  latency: LATENCY,
  metrics: [
    PROMPT,
    OUTPUT,
    { name: 'request_success_total', tells: ['requests'] },
    { name: 'request_finish_total', tells: ['requests'], choice: 1, unless: NOT_SERVED },
    RUNNING,
    CREATED,
  ],
};

/** The prompt counter only includes computed tokens, in every build. */
const LLAMA_CPP: Family = {
  name: 'llama.cpp',
  spellings: ['llamacpp:', 'llamacpp_'],
  metrics: [
    PROMPT,
    { name: 'prompt_tokens_cached_total', tells: ['prompt', 'cached'] },
    { name: 'tokens_predicted_total', tells: ['output'] },
    { name: 'requests_processing', tells: ['running'] },
  ],
};

const LMDEPLOY: Family = {
  name: 'lmdeploy',
  spellings: ['lmdeploy:', 'lmdeploy_'],
  latency: LATENCY,
  metrics: [
    PROMPT,
    OUTPUT,
    { name: 'cached_tokens_total', tells: ['cached'] },
    SUCCESS,
    RUNNING,
    CREATED,
  ],
};

const DYNAMO: Family = {
  name: 'dynamo',
  spellings: ['dynamo_frontend_'],
  latency: {
    'time-to-first-token': ['time_to_first_token_seconds'],
    'inter-token': ['inter_token_latency_seconds'],
    request: ['request_duration_seconds'],
  },
  metrics: [
    { name: 'input_sequence_tokens_sum', tells: ['prompt'] },
    { name: 'output_tokens_total', tells: ['output'] },
    { name: 'output_sequence_tokens_sum', tells: ['output'], choice: 1 },
    { name: 'cached_tokens_sum', tells: ['cached'] },
    {
      name: 'requests_total',
      tells: ['requests'],
      onlyWhere: { label: 'status', values: ['', 'success'] },
    },
    { name: 'inflight_requests', tells: ['running'] },
  ],
};

/**
 * AIBrix's runtime copies the engine's counters under its own names, and passes on the other
 * metrics.
 */
const AIBRIX: Family = {
  name: 'aibrix',
  spellings: ['aibrix:', 'aibrix_'],
  latency: LATENCY,
  metrics: [
    PROMPT,
    OUTPUT,
    SUCCESS,
    CREATED,
    { name: 'vllm:prompt_tokens_cached_total', tells: ['cached'], isFull: true },
    {
      name: 'vllm:prefix_cache_hits_total',
      tells: ['cached'],
      choice: 2,
      onlyWith: 'engine',
      isFull: true,
    },
    { name: 'vllm:num_requests_running', tells: ['running'], isFull: true },
    { name: 'sglang:num_running_reqs', tells: ['running'], isFull: true },
  ],
};

export const RECORDS: Readonly<Record<Exclude<EngineName, 'custom'>, EngineRecord>> = {
  vllm: { title: 'vLLM', families: [VLLM, RAY], ...VLLM_LABELS },
  'ray-serve': { title: 'Ray Serve LLM', families: [RAY, VLLM], ...VLLM_LABELS },
  'llm-d': {
    title: 'llm-d',
    families: [VLLM],
    ...VLLM_LABELS,
    roleLabels: ['llm_d_ai_role', 'role'],
  },
  sglang: {
    title: 'SGLang',
    families: [SGLANG],
    ranks: ['dp_rank'],
    copies: ['tp_rank', 'pp_rank', 'moe_ep_rank'],
    parts: ['mode', 'cache_source', 'category', 'priority', 'is_streaming'],
    roleLabels: ['engine_type'],
    isLabeled: true,
  },
  tgi: { title: 'TGI', families: [TGI], ranks: [], parts: ['method', 'err'] },
  'tensorrt-llm': {
    title: 'TensorRT-LLM',
    families: [TENSORRT_LLM],
    ranks: [],
    parts: ['finished_reason'],
    roleLabels: ['engine_type'],
    isExperimental: true,
    missing: `it does not count tokens up to version 1.2: ${WAY_OUT}`,
  },
  nim: { title: 'NIM', families: [NIM, VLLM], ...VLLM_LABELS },
  'llama.cpp': { title: 'llama.cpp', families: [LLAMA_CPP], ranks: [], modelLabel: 'model' },
  lmdeploy: { title: 'LMDeploy', families: [LMDEPLOY], ...VLLM_LABELS },
  dynamo: {
    title: 'Dynamo',
    families: [DYNAMO],
    ranks: [],
    parts: ['status', 'error_type', 'request_type'],
    modelLabel: 'model',
    isLabeled: true,
    isFrontend: true,
  },
  aibrix: { title: 'AIBrix', families: [AIBRIX], ...VLLM_LABELS },
};
