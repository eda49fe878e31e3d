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
import {
  acrossKeys,
  daysInOrder,
  type Given,
  type Problem,
  renamed,
  valueSchema,
} from './rules.ts';
import {
  dateSchema,
  dateTextSchema,
  exactNameSchema,
  lastDaySchema,
  patternSchema,
  textSchema,
} from './texts.ts';
import { DEMANDS } from '../domain/usageFacts.ts';
import { ENGINES } from '../domain/engine.ts';

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
  /** The source of its GPU telemetry. */
  telemetry: telemetry.exactOptional(),
});

/**
 * Returns the engine of a usage section. The default is `custom` if it lists metrics, otherwise
 * `vllm`.
 */
export function engineOfUsage(usage: { readonly engine?: unknown; readonly metrics?: unknown }) {
  const fallback = usage.metrics === undefined ? 'vllm' : 'custom';
  return typeof usage.engine === 'string' ? usage.engine : fallback;
}

const MAX_TOKENS = 100_000_000;
const MAX_PER_MINUTE = 1_000_000_000_000;
const labels = z.record(z.string(), textSchema('a value'));

/** GPUs of one replica. */
const gpu = z.strictObject({
  type: textSchema('a GPU type like H100-80GB'),
  count: wholeNumberSchema(1, 1024).default(1),
  /**
   * Share of each GPU, above 0: a slice, or a part of a GPU that pods share in turns. The whole
   * GPU if absent.
   */
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
export const coversSchema = z
  .strictObject({
    source: textSchema('the id of a source').exactOptional(),
    gpuType: matchKeys.gpuType,
    match: z.strictObject(matchKeys).prefault({}),
  })
  .transform(({ match, ...given }) => ({ ...match, ...given }));

const resource = z
  .strictObject({
    source: textSchema('the id of a source'),
    match: z
      .strictObject({
        ...matchKeys,
        from: dateSchema().exactOptional(),
        until: lastDaySchema().exactOptional(),
        rest: z.literal(true).exactOptional(),
      })
      .check(daysInOrder)
      .transform(renamed({ from: 'fromMs', until: 'untilMs', rest: 'isRest' }))
      .prefault({}),
  })
  .transform(({ source, match }) => ({ source, ...match }));

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
    /** Capacity of one replica, prompt and output tokens together. */
    tokensPerSecond: positiveSchema('tokens per second'),
    /** The date as written, `2026-06-01`. */
    measured: dateTextSchema().exactOptional(),
    evidence: textSchema('a note').exactOptional(),
  }),
]);

const names = z.array(textSchema('a name')).min(1);

/** Converted to lower case, as the ledger stores them. */
const quantizations = names.transform((all) => all.map((name) => name.toLowerCase()));

const rateLimit = z.strictObject({
  requestsPerMinute: wholeNumberSchema(1, MAX_PER_MINUTE).exactOptional(),
  /** Counted in provider tokens. */
  tokensPerMinute: wholeNumberSchema(1, MAX_PER_MINUTE).exactOptional(),
});

const equivalent = z.strictObject({
  /** The source that provides its prices. */
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

const hosted = z
  .strictObject({
    equivalents: z.array(equivalent).min(1),
    policy: z.enum(['cheapest', 'median', 'pinned']).exactOptional(),
    pinned: textSchema('the name of a provider').exactOptional(),
    minUptime: shareSchema().exactOptional(),
    /** Share of the observed time in which a provider was healthy. */
    minHealthyShare: shareSchema().exactOptional(),
    /** Regions, data policies and features as providers name them; all are allowed if absent. */
    regions: names.exactOptional(),
    dataPolicies: names.exactOptional(),
    features: names.exactOptional(),
    /** 0.055 is 5.5%. */
    fee: shareSchema().default(ZERO),
    allowFree: z.boolean().default(false),
    minContextLength: wholeNumberSchema(1, MAX_TOKENS).exactOptional(),
    alreadySpent: z.array(alreadySpent).min(1).exactOptional(),
  })
  .check(acrossKeys(unpinned))
  .transform((given) => {
    const fallback = given.pinned === undefined ? ('cheapest' as const) : ('pinned' as const);
    return { ...given, policy: given.policy ?? fallback };
  });

function unpinned({ policy, pinned }: Given<'policy' | 'pinned'>): Problem[] {
  if (policy === 'pinned' && pinned === undefined) {
    const problem = 'missing, expected the provider to pin; name it, or use policy: cheapest';
    return [{ path: ['pinned'], problem }];
  }
  if (pinned === undefined || policy === undefined || policy === 'pinned') return [];
  const problem = 'found another policy beside a pinned provider; remove one of the two';
  return [{ path: ['policy'], problem }];
}

const rightSize = z
  .strictObject({
    /** Maximum load of a replica as a share of its capacity. */
    headroom: positiveShareSchema().default(decimal('0.8')),
    /** Replicas that run even without requests; 0 allows the deployment to be switched off. */
    minReplicas: wholeNumberSchema(0, 1024).default(1),
  })
  .prefault({});

/** Share of GPU time that is lost to evictions. The configuration page gives its reasons. */
const spot = z
  .strictObject({ evictionOverhead: shareSchema().default(decimal('0.1')) })
  .prefault({});

const serverless = z
  .strictObject({
    usdPerSecond: positiveSchema('US dollars per second of one worker'),
    coldStartSeconds: secondsSchema(),
    idleTimeoutSeconds: secondsSchema(),
    minWorkers: wholeNumberSchema(0, 10_000).default(0),
  })
  .transform(renamed({ coldStartSeconds: 'coldStartMs', idleTimeoutSeconds: 'idleTimeoutMs' }));

/** The deployment must stay regardless of its cost, until the start of the day in `expires`. */
const waiver = z
  .strictObject({
    reason: textSchema('a reason'),
    owner: textSchema('a person or a team'),
    worthUsdPerQuarter: nonNegativeSchema('US dollars per quarter').exactOptional(),
    expires: dateSchema().exactOptional(),
  })
  .transform(renamed({ expires: 'expiresMs' }));

export const deploymentSchema = z
  .strictObject({
    /** The person or team that carries out the decision. */
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
  })
  .transform(({ capacity: stated, ...rest }) => ({ ...rest, ...statedCapacity(stated) }));

type Capacity = z.output<typeof capacity>;

function statedCapacity(stated: Capacity): { capacity?: Exclude<Capacity, 'observed'> } {
  return stated === 'observed' ? {} : { capacity: stated };
}

export type DeploymentSection = z.output<typeof deploymentSchema>;
