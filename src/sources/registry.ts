/** All kinds of sources. A new provider is a folder of its own and its lines here. */

import { anthropicDeclaration } from './anthropic/options.ts';
import { catalogDeclaration } from './catalog/options.ts';
import { cerebrasDeclaration } from './cerebras/options.ts';
import { coreweaveDeclaration } from './coreweave/options.ts';
import { crusoeDeclaration } from './crusoe/options.ts';
import { deepinfraDeclaration } from './deepinfra/options.ts';
import { digitaloceanDeclaration } from './digitalocean/options.ts';
import { focusDeclaration } from './focus/options.ts';
import { fireworksDeclaration } from './fireworks/options.ts';
import { gpuCatalogDeclaration } from './gpu-catalog/options.ts';
import { huggingfaceDeclaration } from './huggingface/options.ts';
import { hyperstackDeclaration } from './hyperstack/options.ts';
import { lambdaDeclaration } from './lambda/options.ts';
import { litellmDeclaration } from './litellm/options.ts';
import { langfuseDeclaration } from './langfuse/options.ts';
import { nebiusDeclaration } from './nebius/options.ts';
import { tokenFactoryDeclaration } from './nebius-token-factory/options.ts';
import { openaiDeclaration } from './openai/options.ts';
import { openrouterDeclaration } from './openrouter/options.ts';
import { portkeyDeclaration } from './portkey/options.ts';
import { prometheusDeclaration } from './prometheus/options.ts';
import { runpodDeclaration } from './runpod/options.ts';
import { scrapeDeclaration } from './scrape/options.ts';
import { togetherDeclaration } from './together/options.ts';
import { vastDeclaration } from './vast/options.ts';
import { lazyKind, type SourceKind } from './source.ts';

export { takeSchema } from './bills/options.ts';

// Each kind imports its source.ts on the first pull, because every command reads the config.
export const anthropicKind = lazyKind(anthropicDeclaration, () => import('./anthropic/source.ts'));
export const catalogKind = lazyKind(catalogDeclaration, () => import('./catalog/source.ts'));
export const cerebrasKind = lazyKind(cerebrasDeclaration, () => import('./cerebras/source.ts'));
export const coreweaveKind = lazyKind(coreweaveDeclaration, () => import('./coreweave/source.ts'));
export const crusoeKind = lazyKind(crusoeDeclaration, () => import('./crusoe/source.ts'));
export const deepinfraKind = lazyKind(deepinfraDeclaration, () => import('./deepinfra/source.ts'));
export const digitaloceanKind = lazyKind(
  digitaloceanDeclaration,
  () => import('./digitalocean/source.ts'),
);
export const fireworksKind = lazyKind(fireworksDeclaration, () => import('./fireworks/source.ts'));
export const focusKind = lazyKind(focusDeclaration, () => import('./focus/source.ts'));
export const gpuCatalogKind = lazyKind(
  gpuCatalogDeclaration,
  () => import('./gpu-catalog/source.ts'),
);
export const huggingfaceKind = lazyKind(
  huggingfaceDeclaration,
  () => import('./huggingface/source.ts'),
);
export const hyperstackKind = lazyKind(
  hyperstackDeclaration,
  () => import('./hyperstack/source.ts'),
);
export const lambdaKind = lazyKind(lambdaDeclaration, () => import('./lambda/source.ts'));
export const langfuseKind = lazyKind(langfuseDeclaration, () => import('./langfuse/source.ts'));
export const litellmKind = lazyKind(litellmDeclaration, () => import('./litellm/source.ts'));
export const tokenFactoryKind = lazyKind(
  tokenFactoryDeclaration,
  () => import('./nebius-token-factory/source.ts'),
);
export const nebiusKind = lazyKind(nebiusDeclaration, () => import('./nebius/source.ts'));
export const openaiKind = lazyKind(openaiDeclaration, () => import('./openai/source.ts'));
export const openrouterKind = lazyKind(
  openrouterDeclaration,
  () => import('./openrouter/source.ts'),
);
export const portkeyKind = lazyKind(portkeyDeclaration, () => import('./portkey/source.ts'));
export const prometheusKind = lazyKind(
  prometheusDeclaration,
  () => import('./prometheus/source.ts'),
);
export const runpodKind = lazyKind(runpodDeclaration, () => import('./runpod/source.ts'));
export const scrapeKind = lazyKind(scrapeDeclaration, () => import('./scrape/source.ts'));
export const togetherKind = lazyKind(togetherDeclaration, () => import('./together/source.ts'));
export const vastKind = lazyKind(vastDeclaration, () => import('./vast/source.ts'));

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
