/** The table of inference engines: the metrics of each, their facts, and how they are counted. */

import { type EngineName, UNMEASURED_HINT } from '../../domain/engine.ts';
import type { EngineRecord, MetricFamily, LabelValues, EngineMetric } from './record.ts';

const NOT_SERVED: LabelValues = { label: 'finished_reason', values: ['abort', 'error'] };

const PROMPT: EngineMetric = { name: 'prompt_tokens_total', facts: ['prompt'] };
const OUTPUT: EngineMetric = { name: 'generation_tokens_total', facts: ['output'] };
const CREATED: EngineMetric = { name: 'prompt_tokens_created', facts: ['created'] };
const RUNNING: EngineMetric = { name: 'num_requests_running', facts: ['running'] };
const SUCCESS: EngineMetric = {
  name: 'request_success_total',
  facts: ['requests'],
  unless: NOT_SERVED,
};

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
const VLLM_METRICS: readonly EngineMetric[] = [
  PROMPT,
  OUTPUT,
  { name: 'prompt_tokens_cached_total', facts: ['cached'] },
  {
    name: 'prompt_tokens_by_source_total',
    facts: {
      label: 'source',
      values: { local_cache_hit: ['cached'], external_kv_transfer: ['cached', 'transferred'] },
    },
    choice: 1,
  },
  { name: 'prefix_cache_hits_total', facts: ['cached'], choice: 2, onlyWith: 'engine' },
  SUCCESS,
  RUNNING,
  CREATED,
];

const VLLM: MetricFamily = {
  name: 'vllm',
  spellings: ['vllm:', 'vllm_'],
  metrics: VLLM_METRICS,
  latency: LATENCY,
};
const RAY: MetricFamily = {
  name: 'ray',
  spellings: ['ray_vllm:', 'ray_vllm_'],
  metrics: VLLM_METRICS,
  latency: LATENCY,
};

const VLLM_LABELS = { ranks: ['engine'], parts: ['finished_reason', 'source'] } as const;

const SGLANG: MetricFamily = {
  name: 'sglang',
  spellings: ['sglang:', 'sglang_'],
  latency: LATENCY,
  metrics: [
    { ...PROMPT, choice: 1 },
    { ...OUTPUT, choice: 1 },
    {
      name: 'cached_tokens_total',
      facts: ['cached'],
      choice: 1,
      total: { label: 'cache_source', value: 'total' },
    },
    {
      name: 'realtime_tokens_total',
      facts: {
        label: 'mode',
        values: {
          prefill_compute: ['prompt'],
          prefill_cache: ['prompt', 'cached'],
          decode: ['output'],
        },
      },
    },
    { name: 'num_requests_total', facts: ['requests'] },
    { name: 'num_running_reqs', facts: ['running'] },
    { name: 'forward_execution_seconds_total', facts: ['busy'], isSeconds: true },
    CREATED,
  ],
};

const TGI: MetricFamily = {
  name: 'tgi',
  spellings: ['tgi_'],
  latency: {
    'inter-token': ['request_mean_time_per_token_duration'],
    request: ['request_duration'],
  },
  metrics: [
    { name: 'request_input_length_sum', facts: ['prompt'] },
    { name: 'request_generated_tokens_sum', facts: ['output'] },
    { name: 'request_success', facts: ['requests'] },
    { name: 'request_success_total', facts: ['requests'], choice: 1 },
    { name: 'request_failure', facts: ['failed'] },
    { name: 'request_failure_total', facts: ['failed'], choice: 1 },
    { name: 'batch_current_size', facts: ['running'] },
    { name: 'batch_inference_duration_sum', facts: ['busy'], isSeconds: true },
  ],
};

const TENSORRT_LLM: MetricFamily = {
  name: 'tensorrt-llm',
  spellings: ['trtllm_'],
  latency: LATENCY,
  metrics: [
    PROMPT,
    OUTPUT,
    { name: 'prompt_cached_tokens_total', facts: ['cached'] },
    SUCCESS,
    RUNNING,
    CREATED,
  ],
};

const NIM: MetricFamily = {
  name: 'nim',
  spellings: [''],
  latency: LATENCY,
  metrics: [
    PROMPT,
    OUTPUT,
    { name: 'request_success_total', facts: ['requests'] },
    { name: 'request_finish_total', facts: ['requests'], choice: 1, unless: NOT_SERVED },
    RUNNING,
    CREATED,
  ],
};

/** The prompt counter only includes computed tokens, in every build. */
const LLAMA_CPP: MetricFamily = {
  name: 'llama.cpp',
  spellings: ['llamacpp:', 'llamacpp_'],
  metrics: [
    PROMPT,
    { name: 'prompt_tokens_cached_total', facts: ['prompt', 'cached'] },
    { name: 'tokens_predicted_total', facts: ['output'] },
    { name: 'requests_processing', facts: ['running'] },
  ],
};

const LMDEPLOY: MetricFamily = {
  name: 'lmdeploy',
  spellings: ['lmdeploy:', 'lmdeploy_'],
  latency: LATENCY,
  metrics: [
    PROMPT,
    OUTPUT,
    { name: 'cached_tokens_total', facts: ['cached'] },
    SUCCESS,
    RUNNING,
    CREATED,
  ],
};

const DYNAMO: MetricFamily = {
  name: 'dynamo',
  spellings: ['dynamo_frontend_'],
  latency: {
    'time-to-first-token': ['time_to_first_token_seconds'],
    'inter-token': ['inter_token_latency_seconds'],
    request: ['request_duration_seconds'],
  },
  metrics: [
    { name: 'input_sequence_tokens_sum', facts: ['prompt'] },
    { name: 'output_tokens_total', facts: ['output'] },
    { name: 'output_sequence_tokens_sum', facts: ['output'], choice: 1 },
    { name: 'cached_tokens_sum', facts: ['cached'] },
    {
      name: 'requests_total',
      facts: ['requests'],
      onlyWhere: { label: 'status', values: ['', 'success'] },
    },
    { name: 'inflight_requests', facts: ['running'] },
  ],
};

/**
 * AIBrix's runtime copies the engine's counters under its own names, and passes on the other
 * metrics.
 */
const AIBRIX: MetricFamily = {
  name: 'aibrix',
  spellings: ['aibrix:', 'aibrix_'],
  latency: LATENCY,
  metrics: [
    PROMPT,
    OUTPUT,
    SUCCESS,
    CREATED,
    { name: 'vllm:prompt_tokens_cached_total', facts: ['cached'], isFull: true },
    {
      name: 'vllm:prefix_cache_hits_total',
      facts: ['cached'],
      choice: 2,
      onlyWith: 'engine',
      isFull: true,
    },
    { name: 'vllm:num_requests_running', facts: ['running'], isFull: true },
    { name: 'sglang:num_running_reqs', facts: ['running'], isFull: true },
  ],
};

export const ENGINE_RECORDS: Readonly<Record<Exclude<EngineName, 'custom'>, EngineRecord>> = {
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
    missing: `it does not count tokens up to version 1.2: ${UNMEASURED_HINT}`,
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
