/** Pulls a Lambda Cloud account's prices and audit log, then its file systems and instances. */

import { HOUR_MS, instantText, MINUTE_MS } from '../../domain/period.ts';
import type { UptimeRule } from '../../domain/uptime.ts';
import { parseResponse } from '../../platform/responseSchemas.ts';
import { type Api, bearerAuth, type ApiPull, type ApiQuestion } from '../api.ts';
import { createPull } from '../driver.ts';
import { requestsFact } from '../source.ts';
import {
  newEventReader,
  readFileSystems,
  readLambdaInstances,
  readLambdaTypes,
} from './normalize.ts';
import { LAMBDA_STATES, type LambdaOptions } from './options.ts';
import {
  eventsFields,
  eventsFrame,
  fileSystemsFields,
  instancesFields,
  listFrame,
  lambdaTypesAnswer,
  typesFields,
} from './wire.ts';

const api: Api<LambdaOptions> = {
  kind: 'lambda',
  auth: bearerAuth(({ apiKey }) => apiKey),
  // Lambda allows about one request a second.
  minIntervalMs: 1_000,
  questions,
};

export const pull = createPull(api);

const LISTING = 'lambda.inventory.instances';

function* questions(pull: ApiPull<LambdaOptions>): Generator<ApiQuestion> {
  const { request } = pull;
  if (requestsFact(request, 'rates')) yield typesQuestion(pull);
  if (!requestsFact(request, 'inventory', 'charges')) return;
  yield eventsQuestion(pull);
  yield fileSystemsQuestion(pull);
  // Last, because it rebuilds the charges from everything read before.
  yield instancesQuestion(pull);
}

/** Lambda's documentation gives the base URL both with and without the version. */
function path({ options }: ApiPull<LambdaOptions>, name: string): string[] {
  return /\/api\/v1\/?$/.test(options.baseUrl) ? [name] : ['api', 'v1', name];
}

function typesQuestion(pull: ApiPull<LambdaOptions>): ApiQuestion {
  return {
    kind: 'lambda.catalog.instance-types',
    path: path(pull, 'instance-types'),
    expects: 'data',
    fields: typesFields,
    read(answer, { where, askedAtMs }) {
      const { data } = parseResponse(lambdaTypesAnswer, answer.frame, where);
      return readLambdaTypes(Object.values(data), { sourceId: pull.id, seenAtMs: askedAtMs });
    },
  };
}

/**
 * Requests the audit log: all of it for charges, which need the start of every running instance,
 * and only recent events for a sample.
 */
function eventsQuestion(pull: ApiPull<LambdaOptions>): ApiQuestion {
  const { id, request } = pull;
  const read = newEventReader();
  const startMs = request.window.startMs - HOUR_MS;
  return {
    kind: 'lambda.audit-events',
    path: path(pull, 'audit-events'),
    query: requestsFact(request, 'charges') ? {} : { start: instantText(startMs) },
    expects: 'data',
    fields: eventsFields,
    pages: {
      first: {},
      next(frame) {
        const { page_token: token } = parseResponse(eventsFrame, frame, 'the next page');
        return token ? { page_token: token } : undefined;
      },
    },
    read(answer, { where, askedAtMs }) {
      parseResponse(eventsFrame, answer.frame, where);
      return read(answer.items(), { sourceId: id, seenAtMs: askedAtMs });
    },
  };
}

function fileSystemsQuestion(pull: ApiPull<LambdaOptions>): ApiQuestion {
  return {
    kind: 'lambda.inventory.file-systems',
    path: path(pull, 'file-systems'),
    expects: 'data',
    fields: fileSystemsFields,
    read(answer, { where, askedAtMs }) {
      parseResponse(listFrame, answer.frame, where);
      return readFileSystems(answer.items(), { sourceId: pull.id, seenAtMs: askedAtMs });
    },
  };
}

function instancesQuestion(pull: ApiPull<LambdaOptions>): ApiQuestion {
  return {
    kind: LISTING,
    path: path(pull, 'instances'),
    expects: 'data',
    fields: instancesFields,
    read(answer, { where, askedAtMs }) {
      parseResponse(listFrame, answer.frame, where);
      const inventory = readLambdaInstances(answer.items(), {
        sourceId: pull.id,
        seenAtMs: askedAtMs,
      });
      return requestsFact(pull.request, 'charges')
        ? { ...inventory, rebuild: ruleOf(pull) }
        : inventory;
    },
  };
}

/** Lambda bills by the minute. */
function ruleOf({ options, request }: ApiPull<LambdaOptions>): UptimeRule {
  return {
    kind: 'lambda.uptime',
    listing: LISTING,
    of: 'instance',
    window: request.window,
    keyPrefix: 'instances/',
    idle: LAMBDA_STATES.instance.idle,
    starting: LAMBDA_STATES.instance.starting,
    oneLife: true,
    unitMs: MINUTE_MS,
    pricingClass: 'on-demand',
    except: options.reserved,
  };
}
