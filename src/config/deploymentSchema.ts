/** Schema of one deployment: its resources, usage, capacity, hosted equivalents and options. */

import { z } from 'zod';
import { CHARGE_CATEGORIES, PRICING_CLASSES } from '../domain/charge.ts';
import { decimal, ONE, ZERO } from '../domain/exact.ts';
import {
  gpuShare,
  notNegative,
  positive,
  seconds,
  share,
  shareAboveZero,
  whole,
} from './numbers.ts';
import { day, dayAsText, exactName, pattern, text } from './texts.ts';
import { usageSchema } from './usageSchema.ts';

const MAX_TOKENS = 100_000_000;
const MAX_PER_MINUTE = 1_000_000_000_000;
const labels = z.record(z.string(), text('a value'));

const gpu = z.strictObject({
  type: text('a GPU type like H100-80GB'),
  count: whole(1, 1024).default(1),
  share: gpuShare().exactOptional(),
});

const matchKeys = {
  name: pattern('a name, with * as a wildcard').exactOptional(),
  id: pattern('an id, with * as a wildcard').exactOptional(),
  tags: labels.exactOptional(),
  gpuType: text('a GPU type, with * as a wildcard').exactOptional(),
  endpoint: pattern('the id or name of an endpoint, with * as a wildcard').exactOptional(),
  cluster: pattern('the id or name of a cluster, with * as a wildcard').exactOptional(),
  pricingClass: z.enum(PRICING_CLASSES).exactOptional(),
  category: z.enum(CHARGE_CATEGORIES).exactOptional(),
};

/**
 * Match of the charges that a commitment covers. It has no days, because the commitment has its
 * own.
 */
export const coversSchema = z.strictObject({
  source: text('the id of a source').exactOptional(),
  gpuType: matchKeys.gpuType,
  match: z.strictObject(matchKeys).prefault({}),
});

const resource = z.strictObject({
  source: text('the id of a source'),
  match: z
    .strictObject({
      ...matchKeys,
      from: day().exactOptional(),
      until: day().exactOptional(),
      rest: z.literal(true).exactOptional(),
    })
    .prefault({}),
});

/** A second meter of the same requests: compared with `usage`, and never added to it. */
const gateway = z.strictObject({
  source: text('the id of a source'),
  match: labels.default({}),
  tenantLabel: text('the field that names the tenant').exactOptional(),
  teamLabel: text('the field that names the team').exactOptional(),
});

const capacity = z.union([
  z.literal('observed'),
  z.strictObject({
    tokensPerSecond: positive('tokens per second'),
    measured: dayAsText().exactOptional(),
    evidence: text('a note').exactOptional(),
  }),
]);

const names = z.array(text('a name')).min(1);

/** Converted to lower case, as the ledger stores them. */
const quantizations = names.transform((all) => all.map((name) => name.toLowerCase()));

const rateLimit = z.strictObject({
  requestsPerMinute: whole(1, MAX_PER_MINUTE).exactOptional(),
  tokensPerMinute: whole(1, MAX_PER_MINUTE).exactOptional(),
});

const equivalent = z.strictObject({
  via: text('the id of a source'),
  model: exactName("the model's name there"),
  quantizations: quantizations.exactOptional(),
  hosts: names.exactOptional(),
  excludeHosts: names.exactOptional(),
  tokenRatio: positive('provider tokens per self-hosted token').default(ONE),
  minContextLength: whole(1, MAX_TOKENS).exactOptional(),
  rateLimit: rateLimit.exactOptional(),
});

/** A hosted model that already serves part of this traffic. */
const alreadySpent = z.strictObject({
  source: text('the id of a source'),
  model: pattern("the model's name there, with * as a wildcard"),
  tokenRatio: positive('provider tokens per self-hosted token').default(ONE),
});

const hosted = z.strictObject({
  equivalents: z.array(equivalent).min(1),
  policy: z.enum(['cheapest', 'median', 'pinned']).exactOptional(),
  pinned: text('the name of a provider').exactOptional(),
  minUptime: share().exactOptional(),
  minHealthyShare: share().exactOptional(),
  regions: names.exactOptional(),
  dataPolicies: names.exactOptional(),
  features: names.exactOptional(),
  fee: share().default(ZERO),
  allowFree: z.boolean().default(false),
  minContextLength: whole(1, MAX_TOKENS).exactOptional(),
  alreadySpent: z.array(alreadySpent).min(1).exactOptional(),
});

const rightSize = z
  .strictObject({
    headroom: shareAboveZero().default(decimal('0.8')),
    minReplicas: whole(0, 1024).default(1),
  })
  .prefault({});

/** The default is an assumption; the configuration page gives its reasons. */
const spot = z.strictObject({ evictionOverhead: share().default(decimal('0.1')) }).prefault({});

const serverless = z.strictObject({
  usdPerSecond: positive('US dollars per second of one worker'),
  coldStartSeconds: seconds(),
  idleTimeoutSeconds: seconds(),
  minWorkers: whole(0, 10_000).default(0),
});

const waiver = z.strictObject({
  reason: text('a reason'),
  owner: text('a person or a team'),
  worthUsdPerQuarter: notNegative('US dollars per quarter').exactOptional(),
  expires: day().exactOptional(),
});

export const deploymentSchema = z.strictObject({
  owner: text('a person or a team').exactOptional(),
  model: exactName("a model's name"),
  precision: text('a precision like fp8').exactOptional(),
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
