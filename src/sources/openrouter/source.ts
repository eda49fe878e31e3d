/** Knows how to pull today's prices of hosted models from OpenRouter, one answer a model. */

import { Failure } from '../../domain/failure.ts';
import type { Fetched } from '../../domain/provenance.ts';
import { urlAt } from '../../platform/baseUrl.ts';
import { plainBytes } from '../../platform/body.ts';
import { parseLossless, shortText } from '../../platform/json.ts';
import {
  failedFetch,
  openedFetch,
  orFailure,
  unreadableFetch,
  unsentFetch,
} from '../fetchRecord.ts';
import type { SourceTools } from '../source.ts';
import { readSnapshot } from './normalize.ts';
import type { OpenrouterOptions } from './options.ts';
import { ENDPOINT_FIELDS } from './wire.ts';

interface Setting {
  readonly id: string;
  readonly options: OpenrouterOptions;
  readonly tools: SourceTools;
}

/** One answer for each model, in the order in which they were asked for. */
export async function* pull(setting: Setting, models: readonly string[]): AsyncGenerator<Fetched> {
  const { id, options, tools } = setting;
  const key = orFailure(() => (options.apiKey ?? options.managementKey)?.reveal());
  if (key instanceof Failure) {
    const unsent = { url: options.baseUrl, nowMs: tools.clock.nowMs() };
    yield unsentFetch({ sourceId: id, kind: KIND }, unsent, key);
    return;
  }
  for (const model of new Set(models)) {
    const fetched = await askFor(model, setting, key);
    yield fetched;
    // A key that is refused once is refused for every model.
    if (fetched.fetch.failure?.code === 'auth') return;
  }
}

const KIND = 'openrouter.endpoints';

async function askFor(model: string, setting: Setting, key: string | undefined): Promise<Fetched> {
  const { id, options, tools } = setting;
  const asked = { sourceId: id, kind: KIND };
  const nowMs = tools.clock.nowMs();
  const path = pathOf(model);
  if (path === undefined)
    return unsentFetch(asked, { url: options.baseUrl, nowMs }, unnamed(model));
  const { timeoutSeconds } = options;
  const result = await tools.http.get({
    url: urlAt(options.baseUrl, path),
    ...(key === undefined ? {} : { headers: { authorization: `Bearer ${key}` }, secrets: [key] }),
    ...(timeoutSeconds === undefined ? {} : { timeoutMs: timeoutSeconds * 1000 }),
  });
  if (!result.ok) return failedFetch(asked, { ...result, failure: hinted(result.failure, model) });
  const { answer } = result;
  const opened = openedFetch(asked, answer, {
    fields: ENDPOINT_FIELDS,
    key: 'data',
    open: (kept, where) => ({ frame: parseLossless(plainBytes(kept), where) }),
  });
  const { fetch } = opened;
  if ('failure' in opened) return unreadableFetch(fetch, hinted(opened.failure, model));
  const { frame } = opened.opened;
  const read = orFailure(() =>
    readSnapshot(frame, { sourceId: id, model, takenAtMs: nowMs, where: answer.url }),
  );
  if (read instanceof Failure) return unreadableFetch(fetch, read);
  const { snapshot, rejects, warnings } = read;
  return { fetch, priceSnapshots: [{ position: 0, fact: snapshot }], rejects, warnings };
}

/** `meta-llama/llama-3.3-70b-instruct` is an author and a slug, each escaped by itself. */
function pathOf(model: string): string[] | undefined {
  const [author = '', ...slug] = model.split('/');
  if (author === '' || slug.join('/') === '') return undefined;
  return ['models', author, slug.join('/'), 'endpoints'];
}

function unnamed(model: string): Failure {
  return new Failure('config', `"${shortText(model, 80)}" does not name a model of OpenRouter`, {
    where: 'hosted.equivalents',
    expected: 'author/slug, e.g. meta-llama/llama-3.3-70b-instruct',
    hint: 'write the model in hosted.equivalents as author/slug',
  });
}

/** A model that is not there is most often a slip in the config: say where. */
function hinted(failure: Failure, model: string): Failure {
  if (failure.code !== 'not-found') return failure;
  return new Failure('not-found', failure.message, {
    ...(failure.where === undefined ? {} : { where: failure.where }),
    hint:
      `OpenRouter has no model "${shortText(model, 80)}": ` +
      'check hosted.equivalents in rentcheck.yaml',
    cause: failure,
  });
}
