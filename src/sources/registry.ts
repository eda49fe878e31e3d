/** All kinds of sources. A new provider is one line here and a folder of its own. */

import { anthropicKind } from './anthropic/kind.ts';
import { catalogKind } from './catalog/kind.ts';
import { cerebrasKind } from './cerebras/kind.ts';
import { coreweaveKind } from './coreweave/kind.ts';
import { crusoeKind } from './crusoe/kind.ts';
import { deepinfraKind } from './deepinfra/kind.ts';
import { digitaloceanKind } from './digitalocean/kind.ts';
import { focusKind } from './focus/kind.ts';
import { fireworksKind } from './fireworks/kind.ts';
import { gpuCatalogKind } from './gpu-catalog/kind.ts';
import { huggingfaceKind } from './huggingface/kind.ts';
import { hyperstackKind } from './hyperstack/kind.ts';
import { lambdaKind } from './lambda/kind.ts';
import { litellmKind } from './litellm/kind.ts';
import { langfuseKind } from './langfuse/kind.ts';
import { nebiusKind } from './nebius/kind.ts';
import { tokenFactoryKind } from './nebius-token-factory/kind.ts';
import { openaiKind } from './openai/kind.ts';
import { openrouterKind } from './openrouter/kind.ts';
import { portkeyKind } from './portkey/kind.ts';
import { prometheusKind } from './prometheus/kind.ts';
import { runpodKind } from './runpod/kind.ts';
import { scrapeKind } from './scrape/kind.ts';
import { togetherKind } from './together/kind.ts';
import { vastKind } from './vast/kind.ts';
import type { SourceKind } from './source.ts';

export { takeSchema } from './bills/options.ts';

/**
 * The kinds, by the name in the config's `kind`. `kind.options` checks the options before
 * `kind.create` gets them. Each kind may therefore have a specific options type.
 */
export const sourceKinds: readonly SourceKind[] = [
  runpodKind,
  prometheusKind,
  scrapeKind,
  openrouterKind,
  crusoeKind,
  lambdaKind,
  vastKind,
  togetherKind,
  coreweaveKind,
  focusKind,
  nebiusKind,
  digitaloceanKind,
  hyperstackKind,
  litellmKind,
  langfuseKind,
  portkeyKind,
  openaiKind,
  anthropicKind,
  fireworksKind,
  gpuCatalogKind,
  deepinfraKind,
  cerebrasKind,
  catalogKind,
  huggingfaceKind,
  tokenFactoryKind,
].map((kind) => kind as SourceKind);
