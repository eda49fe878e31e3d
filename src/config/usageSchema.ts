/** Schema of `usage` in a deployment: the source of its token counts, and how metrics are read. */

import { z } from 'zod';
import { DEMANDS } from '../domain/usageFacts.ts';
import { ENGINES } from '../domain/usageWish.ts';
import { patternSchema, textSchema } from './texts.ts';
import { valueSchema } from './value.ts';

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

export const usageSchema = z.strictObject({
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
