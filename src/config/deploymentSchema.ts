/** Schema of one deployment: its resources, usage, capacity, hosted equivalents and options. */

import { z } from 'zod';
import { CHARGE_CATEGORIES, PRICING_CLASSES } from '../domain/charge.ts';
import { decimal, ONE, ZERO } from '../domain/exact.ts';
import {
  gpuShareSchema,
  nonNegativeSchema,
  positiveSchema,
  positiveShareSchema,
  secondsSchema,
  shareSchema,
  wholeNumberSchema,
} from './numbers.ts';
import { dateSchema, dateTextSchema, exactNameSchema, patternSchema, textSchema } from './texts.ts';
import { DEMANDS } from '../domain/usageFacts.ts';
import { ENGINES } from '../domain/engine.ts';
import { valueSchema } from './valueRule.ts';

const matchLabels = z.record(z.string(), textSchema('a value'));
const label = (whose: string) => textSchema(`the name of the label with ${whose}`).exactOptional();

/** Accepts any name; a separate check rejects an engine that the source cannot read. */
const engine = valueSchema<string>({
  expected: 'the name of an engine, like vllm',
  json: { default: 'vllm', type: 'string', examples: [...ENGINES] },
  read: (value) => (typeof value === 'string' ? value : undefined),
});

const metric = textSchema('a metric name, or NAME{label="value"}');

const metrics = z.strictObject({
  prompt: metric,
  output: metric,
  cached: metric.exactOptional(),
  cachedIs: z.enum(['inside', 'outside']).exactOptional(),
  requests: metric.exactOptional(),
  running: metric.exactOptional(),
  busySeconds: metric.exactOptional(),
});

const role = z.union([
  z.enum(['prefill', 'decode']),
  z.strictObject({
    label: textSchema('the name of the label with the role'),
    prefill: patternSchema('its value, with * as a wildcard'),
    decode: patternSchema('its value, with * as a wildcard'),
  }),
]);

const demand = z.union([
  z.enum(DEMANDS),
  z.strictObject({
    label: textSchema('the name of the label with the kind'),
    kinds: z.record(z.string(), z.enum(DEMANDS)),
  }),
]);

const telemetry = z.strictObject({
  source: textSchema('the id of a source'),
  match: matchLabels.default({}),
});

const usageSchema = z.strictObject({
  source: textSchema('the id of a source'),
  engine: engine.exactOptional(),
  match: matchLabels.default({}),
  role: role.exactOptional(),
  metrics: metrics.exactOptional(),
  demand: demand.exactOptional(),
  tenantLabel: label('the tenant'),
  teamLabel: label('the team'),
  adapterLabel: label('the LoRA adapter'),
  telemetry: telemetry.exactOptional(),
});

const MAX_TOKENS = 100_000_000;
const MAX_PER_MINUTE = 1_000_000_000_000;
const labels = z.record(z.string(), textSchema('a value'));

const gpu = z.strictObject({
  type: textSchema('a GPU type like H100-80GB'),
  count: wholeNumberSchema(1, 1024).default(1),
  share: gpuShareSchema().exactOptional(),
});

const matchKeys = {
  name: patternSchema('a name, with * as a wildcard').exactOptional(),
  id: patternSchema('an id, with * as a wildcard').exactOptional(),
  tags: labels.exactOptional(),
  gpuType: textSchema('a GPU type, with * as a wildcard').exactOptional(),
  endpoint: patternSchema('the id or name of an endpoint, with * as a wildcard').exactOptional(),
  cluster: patternSchema('the id or name of a cluster, with * as a wildcard').exactOptional(),
  pricingClass: z.enum(PRICING_CLASSES).exactOptional(),
  category: z.enum(CHARGE_CATEGORIES).exactOptional(),
};

/**
 * Match of the charges that a commitment covers. It has no days, because the commitment has its
 * own.
 */
export const coversSchema = z.strictObject({
  source: textSchema('the id of a source').exactOptional(),
  gpuType: matchKeys.gpuType,
  match: z.strictObject(matchKeys).prefault({}),
});

const resource = z.strictObject({
  source: textSchema('the id of a source'),
  match: z
    .strictObject({
      ...matchKeys,
      from: dateSchema().exactOptional(),
      until: dateSchema().exactOptional(),
      rest: z.literal(true).exactOptional(),
    })
    .prefault({}),
});

/** A second meter of the same requests: compared with `usage`, and never added to it. */
const gateway = z.strictObject({
  source: textSchema('the id of a source'),
  match: labels.default({}),
  tenantLabel: textSchema('the field that names the tenant').exactOptional(),
  teamLabel: textSchema('the field that names the team').exactOptional(),
});

const capacity = z.union([
  z.literal('observed'),
  z.strictObject({
    tokensPerSecond: positiveSchema('tokens per second'),
    measured: dateTextSchema().exactOptional(),
    evidence: textSchema('a note').exactOptional(),
  }),
]);

const names = z.array(textSchema('a name')).min(1);

/** Converted to lower case, as the ledger stores them. */
const quantizations = names.transform((all) => all.map((name) => name.toLowerCase()));

const rateLimit = z.strictObject({
  requestsPerMinute: wholeNumberSchema(1, MAX_PER_MINUTE).exactOptional(),
  tokensPerMinute: wholeNumberSchema(1, MAX_PER_MINUTE).exactOptional(),
});

const equivalent = z.strictObject({
  via: textSchema('the id of a source'),
  model: exactNameSchema("the model's name there"),
  quantizations: quantizations.exactOptional(),
  hosts: names.exactOptional(),
  excludeHosts: names.exactOptional(),
  tokenRatio: positiveSchema('provider tokens per self-hosted token').default(ONE),
  minContextLength: wholeNumberSchema(1, MAX_TOKENS).exactOptional(),
  rateLimit: rateLimit.exactOptional(),
});

/** A hosted model that already serves part of this traffic. */
const alreadySpent = z.strictObject({
  source: textSchema('the id of a source'),
  model: patternSchema("the model's name there, with * as a wildcard"),
  tokenRatio: positiveSchema('provider tokens per self-hosted token').default(ONE),
});

const hosted = z.strictObject({
  equivalents: z.array(equivalent).min(1),
  policy: z.enum(['cheapest', 'median', 'pinned']).exactOptional(),
  pinned: textSchema('the name of a provider').exactOptional(),
  minUptime: shareSchema().exactOptional(),
  minHealthyShare: shareSchema().exactOptional(),
  regions: names.exactOptional(),
  dataPolicies: names.exactOptional(),
  features: names.exactOptional(),
  fee: shareSchema().default(ZERO),
  allowFree: z.boolean().default(false),
  minContextLength: wholeNumberSchema(1, MAX_TOKENS).exactOptional(),
  alreadySpent: z.array(alreadySpent).min(1).exactOptional(),
});

const rightSize = z
  .strictObject({
    headroom: positiveShareSchema().default(decimal('0.8')),
    minReplicas: wholeNumberSchema(0, 1024).default(1),
  })
  .prefault({});

/** The default is an assumption; the configuration page gives its reasons. */
const spot = z
  .strictObject({ evictionOverhead: shareSchema().default(decimal('0.1')) })
  .prefault({});

const serverless = z.strictObject({
  usdPerSecond: positiveSchema('US dollars per second of one worker'),
  coldStartSeconds: secondsSchema(),
  idleTimeoutSeconds: secondsSchema(),
  minWorkers: wholeNumberSchema(0, 10_000).default(0),
});

const waiver = z.strictObject({
  reason: textSchema('a reason'),
  owner: textSchema('a person or a team'),
  worthUsdPerQuarter: nonNegativeSchema('US dollars per quarter').exactOptional(),
  expires: dateSchema().exactOptional(),
});

export const deploymentSchema = z.strictObject({
  owner: textSchema('a person or a team').exactOptional(),
  model: exactNameSchema("a model's name"),
  precision: textSchema('a precision like fp8').exactOptional(),
  gpu,
  resources: z.array(resource).min(1),
  usage: usageSchema.exactOptional(),
  gateway: gateway.exactOptional(),
  capacity: capacity.default('observed'),
  hosted: hosted.exactOptional(),
  rightSize,
  spot,
  serverless: serverless.exactOptional(),
  waiver: waiver.exactOptional(),
});

export type DeploymentSection = z.output<typeof deploymentSchema>;
