/** Servers with the HTTP API of Prometheus, each with the documented differences. */

import { json, type Reply, type ReceivedRequest } from '../../support/httpServer.ts';
import { signatureFault, type SigningKeys } from '../../support/sigv4.ts';
import { type MadeSeries, syntheticReply } from '../../support/syntheticPrometheus.ts';

/** Answers requests below `prefix` as Prometheus would at its root. */
function behind(prefix: string, reply: Reply): Reply {
  return (response, request) => {
    if (!request.path.startsWith(`${prefix}/api/v1/`)) {
      json({ message: 'not found' }, 404)(response, request);
      return;
    }
    reply(response, { ...request, path: request.path.slice(prefix.length) });
  };
}

/** Refuses with what `faultOf` returns, else passes the request on. */
function unless(faultOf: (request: ReceivedRequest) => Reply | undefined, reply: Reply): Reply {
  return (response, request) => (faultOf(request) ?? reply)(response, request);
}

const error = (status: number, errorType: string, message: string) =>
  json({ status: 'error', errorType, error: message }, status);

/** Google Managed Service for Prometheus: exact names, only its own parameters, OAuth tokens. */
export function google(series: readonly MadeSeries[], token: () => string): Reply {
  const known = new Set(['query', 'time', 'timeout', 'start', 'end', 'match', 'match[]']);
  const fault = ({ query, headers }: ReceivedRequest) => {
    if (headers.authorization !== `Bearer ${token()}`) {
      return json({ error: { code: 401, status: 'UNAUTHENTICATED', message: 'invalid' } }, 401);
    }
    const stranger = [...query.keys()].find((name) => !known.has(name));
    if (stranger !== undefined) {
      const message =
        `Invalid JSON payload received. Unknown name "${stranger}": Cannot bind query ` +
        `parameter. Field '${stranger}' could not be found in request message.`;
      return json({ error: { code: 400, status: 'INVALID_ARGUMENT', message } }, 400);
    }
    const asked = query.get('query') ?? '';
    if (!/__name__=~/.test(asked)) return undefined;
    return error(400, 'bad_data', 'only exact matching on metric names is supported');
  };
  const prefix = '/v1/projects/inference/location/global/prometheus';
  return behind(prefix, unless(fault, syntheticReply(series)));
}

/** Google behind its own frontend in a cluster: no token, and only the name is checked. */
export function googleFrontend(series: readonly MadeSeries[]): Reply {
  const fault = ({ query }: ReceivedRequest) =>
    /__name__=~/.test(query.get('query') ?? '')
      ? error(422, 'execution', 'metric name must be matched by an equality matcher on __name__')
      : undefined;
  return unless(fault, syntheticReply(series));
}

/** Amazon Managed Service for Prometheus: every request signed for `aps`. */
export function amazon(series: readonly MadeSeries[], keys: SigningKeys): Reply {
  const fault = (request: ReceivedRequest) => {
    const message = signatureFault(request, keys);
    return message === undefined ? undefined : json({ message }, 403);
  };
  return unless(fault, behind('/workspaces/ws-1', syntheticReply(series)));
}

/** Mimir with tenants: one, or several whose series have a label with the tenant. */
export function mimir(tenants: Readonly<Record<string, readonly MadeSeries[]>>): Reply {
  return behind('/prometheus', (response, request) => {
    const header = [request.headers['x-scope-orgid']].flat().join();
    const named = header.split('|').filter((name) => name !== '');
    if (named.length === 0) {
      response.writeHead(401).end('no org id');
      return;
    }
    const own = (name: string) =>
      (tenants[name] ?? []).map(({ labels, samples }) => ({
        labels: named.length === 1 ? labels : { ...labels, __tenant_id__: name },
        samples,
      }));
    syntheticReply(named.flatMap(own))(response, request);
  });
}

/**
 * Thanos while a store is down: an error if a full answer is required, else less with a warning.
 */
export function thanosInPart(series: readonly MadeSeries[], isStrictKnown: boolean): Reply {
  const warning =
    'receive series from Addr: store-1:10901 LabelSets: {}: rpc error: code = Unavailable';
  return (response, request) => {
    const isWhole = request.query.get('partial_response') === 'false';
    if (isWhole && isStrictKnown) error(503, 'unavailable', warning)(response, request);
    else syntheticReply(series, { warnings: [warning] })(response, request);
  };
}

/** The cluster of VictoriaMetrics while a storage node is down. */
export function victoriaInPart(series: readonly MadeSeries[]): Reply {
  return behind('/select/0/prometheus', (response, request) => {
    if (request.query.get('deny_partial_response') === '1') {
      error(
        503,
        '503',
        'cannot fetch data: 1 of 2 vmstorage nodes are unavailable',
      )(response, request);
      return;
    }
    syntheticReply(series)(response, request);
  });
}
