/** Pulls a Lambda Cloud account's prices and audit log, then its file systems and instances. */

import { HOUR_MS, instantText, MINUTE_MS } from '../../domain/period.ts';
import type { UptimeRule } from '../../domain/uptime.ts';
import {
  type Answered,
  type Api,
  type ApiPull,
  type ApiQuestion,
  bearerAuth,
  byCursor,
  question,
} from '../api.ts';
import { createPull } from '../driver.ts';
import { requestsFact } from '../source.ts';
import {
  eventsAnswer,
  fileSystemsAnswer,
  lambdaInstancesAnswer,
  lambdaTypesAnswer,
  newEventReader,
  readFileSystems,
  readLambdaInstances,
  readLambdaTypes,
} from './normalize.ts';
import { LAMBDA_STATES, type LambdaOptions } from './options.ts';

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

function seenBy({ id: sourceId }: ApiPull<LambdaOptions>, { askedAtMs: seenAtMs }: Answered) {
  return { sourceId, seenAtMs };
}

function typesQuestion(pull: ApiPull<LambdaOptions>): ApiQuestion {
  return question({
    kind: 'lambda.catalog.instance-types',
    path: path(pull, 'instance-types'),
    expects: 'data',
    answer: lambdaTypesAnswer,
    read: ({ data }, answer) => readLambdaTypes(Object.values(data), seenBy(pull, answer)),
  });
}

/**
 * Requests the audit log: all of it for charges, which need the start of every running instance,
 * and only recent events for a sample.
 */
function eventsQuestion(pull: ApiPull<LambdaOptions>): ApiQuestion {
  const { request } = pull;
  const read = newEventReader();
  const startMs = request.window.startMs - HOUR_MS;
  return question({
    kind: 'lambda.audit-events',
    path: path(pull, 'audit-events'),
    query: requestsFact(request, 'charges') ? {} : { start: instantText(startMs) },
    expects: 'data',
    answer: eventsAnswer,
    pages: byCursor('page_token', 'page_token'),
    read: (_body, answer) => read(answer.items(), seenBy(pull, answer)),
  });
}

function fileSystemsQuestion(pull: ApiPull<LambdaOptions>): ApiQuestion {
  return question({
    kind: 'lambda.inventory.file-systems',
    path: path(pull, 'file-systems'),
    expects: 'data',
    answer: fileSystemsAnswer,
    read: (_body, answer) => readFileSystems(answer.items(), seenBy(pull, answer)),
  });
}

function instancesQuestion(pull: ApiPull<LambdaOptions>): ApiQuestion {
  return question({
    kind: LISTING,
    path: path(pull, 'instances'),
    expects: 'data',
    answer: lambdaInstancesAnswer,
    read: (_body, answer) => {
      const inventory = readLambdaInstances(answer.items(), seenBy(pull, answer));
      const rebuild = requestsFact(pull.request, 'charges') ? { rebuild: ruleOf(pull) } : {};
      return { ...inventory, ...rebuild };
    },
  });
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
