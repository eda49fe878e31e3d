/** What OpenRouter is asked: the endpoints of each model, one after the other. */

import { Failure } from '../../domain/failure.ts';
import { shortText } from '../../platform/json.ts';
import { type Api, bearer, type Pull, type Question, type Unaskable } from '../api.ts';
import { pullerOf } from '../driver.ts';
import { readSnapshot } from './normalize.ts';
import type { OpenrouterOptions } from './options.ts';
import { ENDPOINT_FIELDS } from './wire.ts';

const KIND = 'openrouter.endpoints';

const api: Api<OpenrouterOptions> = {
  kind: KIND,
  auth: bearer(({ apiKey, managementKey }) => apiKey ?? managementKey),
  *questions(pull) {
    for (const model of new Set(pull.request.models)) yield questionOf(model, pull);
  },
};

export const pull = pullerOf(api);

function questionOf(model: string, { id }: Pull<OpenrouterOptions>): Question | Unaskable {
  const path = pathOf(model);
  if (path === undefined) return { kind: KIND, failure: unnamed(model) };
  return {
    kind: KIND,
    path,
    expects: 'data',
    fields: ENDPOINT_FIELDS,
    read({ frame }, { where, askedAtMs }) {
      const context = { sourceId: id, model, takenAtMs: askedAtMs, where };
      const { snapshot, ...rest } = readSnapshot(frame, context);
      return { priceSnapshots: [{ position: 0, fact: snapshot }], ...rest };
    },
    explain: (failure) => hinted(failure, model),
  };
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
