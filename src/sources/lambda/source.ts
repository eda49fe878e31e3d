/** Pulls a Lambda Cloud account's prices and audit log, then its file systems and instances. */

import { HOUR_MS, instantText, MINUTE_MS } from '../../domain/period.ts';
import type { UptimeRule } from '../../domain/uptime.ts';
import { readWire } from '../../platform/wire.ts';
import { type Api, bearer, type Pull, type Question } from '../api.ts';
import { pullerOf } from '../driver.ts';
import { wants } from '../source.ts';
import { newEventReader, readFileSystems, readInstances, readTypes } from './normalize.ts';
import { LAMBDA_STATES, type LambdaOptions } from './options.ts';
import {
  eventsFields,
  eventsFrame,
  fileSystemsFields,
  instancesFields,
  listFrame,
  typesAnswer,
  typesFields,
} from './wire.ts';

const api: Api<LambdaOptions> = {
  kind: 'lambda',
  auth: bearer(({ apiKey }) => apiKey),
  // Lambda allows about one request a second.
  minIntervalMs: 1_000,
  questions,
};

export const pull = pullerOf(api);

const LISTING = 'lambda.inventory.instances';

function* questions(pull: Pull<LambdaOptions>): Generator<Question> {
  const { request } = pull;
  if (wants(request, 'rates')) yield typesQuestion(pull);
  if (!wants(request, 'inventory', 'charges')) return;
  yield eventsQuestion(pull);
  yield fileSystemsQuestion(pull);
  // Last, because it rebuilds the charges from everything read before.
  yield instancesQuestion(pull);
}

/** Lambda's documentation gives the base URL both with and without the version. */
function path({ options }: Pull<LambdaOptions>, name: string): string[] {
  return /\/api\/v1\/?$/.test(options.baseUrl) ? [name] : ['api', 'v1', name];
}

function typesQuestion(pull: Pull<LambdaOptions>): Question {
  return {
    kind: 'lambda.catalog.instance-types',
    path: path(pull, 'instance-types'),
    expects: 'data',
    fields: typesFields,
    read(answer, { where, askedAtMs }) {
      const { data } = readWire(typesAnswer, answer.frame, where);
      return readTypes(Object.values(data), { sourceId: pull.id, seenAtMs: askedAtMs });
    },
  };
}

/**
 * Requests the audit log: all of it for charges, which need the start of every running instance,
 * and only recent events for a sample.
 */
function eventsQuestion(pull: Pull<LambdaOptions>): Question {
  const { id, request } = pull;
  const read = newEventReader();
  const startMs = request.window.startMs - HOUR_MS;
  return {
    kind: 'lambda.audit-events',
    path: path(pull, 'audit-events'),
    query: wants(request, 'charges') ? {} : { start: instantText(startMs) },
    expects: 'data',
    fields: eventsFields,
    pages: {
      first: {},
      next(frame) {
        const { page_token: token } = readWire(eventsFrame, frame, 'the next page');
        return token ? { page_token: token } : undefined;
      },
    },
    read(answer, { where, askedAtMs }) {
      readWire(eventsFrame, answer.frame, where);
      return read(answer.items(), { sourceId: id, seenAtMs: askedAtMs });
    },
  };
}

function fileSystemsQuestion(pull: Pull<LambdaOptions>): Question {
  return {
    kind: 'lambda.inventory.file-systems',
    path: path(pull, 'file-systems'),
    expects: 'data',
    fields: fileSystemsFields,
    read(answer, { where, askedAtMs }) {
      readWire(listFrame, answer.frame, where);
      return readFileSystems(answer.items(), { sourceId: pull.id, seenAtMs: askedAtMs });
    },
  };
}

function instancesQuestion(pull: Pull<LambdaOptions>): Question {
  return {
    kind: LISTING,
    path: path(pull, 'instances'),
    expects: 'data',
    fields: instancesFields,
    read(answer, { where, askedAtMs }) {
      readWire(listFrame, answer.frame, where);
      const inventory = readInstances(answer.items(), { sourceId: pull.id, seenAtMs: askedAtMs });
      return wants(pull.request, 'charges') ? { ...inventory, rebuild: ruleOf(pull) } : inventory;
    },
  };
}

/** Lambda bills by the minute. */
function ruleOf({ options, request }: Pull<LambdaOptions>): UptimeRule {
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
