/** Every kind of source, healthy: a new kind needs one line here to be tested by the contract. */

import type { SourceSubject } from '../contract/source.ts';
import { anthropic } from './anthropic/subject.ts';
import { catalog } from './catalog/subject.ts';
import { cerebras } from './cerebras/subject.ts';
import { coreweave } from './coreweave/subject.ts';
import { crusoe } from './crusoe/subject.ts';
import { deepinfra } from './deepinfra/subject.ts';
import { digitalocean } from './digitalocean/subject.ts';
import { fireworks } from './fireworks/subject.ts';
import { focus } from './focus/subject.ts';
import { gpuCatalog } from './gpu-catalog/subject.ts';
import { huggingface } from './huggingface/subject.ts';
import { hyperstack } from './hyperstack/subject.ts';
import { lambda } from './lambda/subject.ts';
import { litellm } from './litellm/subject.ts';
import { nebius } from './nebius/subject.ts';
import { tokenFactory } from './nebius-token-factory/subject.ts';
import { openai } from './openai/subject.ts';
import { openrouter } from './openrouter/subject.ts';
import { langfuse } from './langfuse/subject.ts';
import { portkey } from './portkey/subject.ts';
import { prometheus } from './prometheus/subject.ts';
import { runpod } from './runpod/subject.ts';
import { scrape } from './scrape/subject.ts';
import { together } from './together/subject.ts';
import { vast } from './vast/subject.ts';

export const SUBJECTS: readonly SourceSubject[] = [
  runpod,
  prometheus,
  scrape,
  openrouter,
  crusoe,
  lambda,
  vast,
  together,
  coreweave,
  focus,
  nebius,
  digitalocean,
  hyperstack,
  litellm,
  langfuse,
  portkey,
  openai,
  anthropic,
  fireworks,
  gpuCatalog,
  deepinfra,
  cerebras,
  catalog,
  huggingface,
  tokenFactory,
];
