import { describe, expect, test } from 'vitest';
import {
  deploymentYaml,
  configFaults,
  kindsThatProvide,
  loadConfigText,
  configProblems,
} from './configFile.ts';

const SOURCES = 'sources: { pods: { kind: import }, router: { kind: openrouter } }\n';

describe('a reference to nothing is refused:', () => {
  const known = '(pods, router, import)';
  test.each([
    ['resources[0].source', 'resources: [{ source: podz }]', 'podz', 'did you mean "pods"?'],
    ['usage.source', 'usage: { source: grafana }', 'grafana', 'add it under sources'],
    [
      'hosted.equivalents[0].via',
      'hosted: { equivalents: [{ via: routr, model: m }] }',
      'routr',
      'did you mean "router"?',
    ],
  ])('%s', async (...[path, section, id, remedy]) => {
    const rest = section.startsWith('resources') ? '' : 'resources: [{ source: pods }], ';
    const keys = `model: m, gpu: { type: A100 }, ${rest}${section}`;
    const content = `${SOURCES}deployments: { a: { ${keys} } }`;
    expect(await configProblems(content)).toEqual([
      `deployments.a.${path}: found "${id}", expected the id of a source ${known}; ${remedy}`,
    ]);
  });

  test('a source that does not provide the requested facts', async () => {
    const content = `${SOURCES}${deploymentYaml('usage: { source: router }')}`;
    expect(await configProblems(content)).toEqual([
      'deployments.a.usage.source: found "router" of kind openrouter, which does not ' +
        `provide usage; use a source of kind ${kindsThatProvide('usage')}`,
    ]);
  });

  test('a second meter that is the first one', async () => {
    const gateway = 'sources: { gw: { kind: litellm, apiKey: "${K}" }, p: { kind: import } }\n';
    const meters = deploymentYaml('usage: { source: gw }, gateway: { source: gw }');
    expect(await configProblems(`${gateway}${meters}`)).toEqual([
      'deployments.a.gateway.source: found "gw", expected a different source from the one ' +
        'under usage, so that the two can be compared; remove gateway',
    ]);
  });

  const GATEWAYS =
    'sources: { prom: { kind: prometheus, url: http://p }, pods: { kind: import }, ' +
    'gw: { kind: litellm, apiKey: "${K}" }, log: { kind: litellm, detail: request, ' +
    'apiKey: "${K}" }, bill: { kind: lambda, apiKey: "${K}" } }\n';
  const gateways = 'runpod, litellm, langfuse, portkey or import';

  test('a gateway that reads the engine itself, or that passes on nothing', async () => {
    const met = (gateway: string) =>
      configProblems(
        `${GATEWAYS}${deploymentYaml(`usage: { source: pods }, gateway: ${gateway}`)}`,
      );
    expect(await met('{ source: prom, match: { model_name: m } }')).toEqual([
      'deployments.a.gateway.source: found "prom" of kind prometheus, which is not a ' +
        `gateway; use a source of kind ${gateways}. To measure the engine itself, name this ` +
        'source under usage and remove gateway',
    ]);
    expect(await met('{ source: bill }')).toEqual([
      'deployments.a.gateway.source: found "bill" of kind lambda, which is not a ' +
        `gateway; use a source of kind ${gateways}`,
    ]);
  });

  test.each([
    ['gateway', 'gw', 'modle', 'gw', 'model, model_group', '; did you mean "model"?'],
    [
      'gateway',
      'import',
      'model_name',
      'import',
      'model, upstream, provider, tenant, team, adapter',
      '',
    ],
    ['usage', 'gw', 'api_base', 'gw', 'model, model_group', ''],
  ])('a match of %s by a field that %s does not report: %s', async (...row) => {
    const [section, source, key, named, fields, remedy] = row;
    const first = section === 'usage' ? '' : 'usage: { source: prom }, ';
    const text = `${section}: { source: ${source}, match: { ${key}: x } }`;
    const content = `${GATEWAYS}${deploymentYaml(first + text)}`;
    const [fault] = await configFaults(content);
    expect(fault).toMatch(
      new RegExp(`^deployments\\.a\\.${section}\\.match\\.${key} \\(line 2, column `),
    );
    expect(await configProblems(content)).toEqual([
      `deployments.a.${section}.match.${key}: found "${key}", expected a request field of ` +
        `"${named}" (${fields})${remedy}`,
    ]);
  });

  test('but no field of the gateway if requests are reported one by one', async () => {
    const match = '{ source: log, match: { api_base: "http://vllm*", model: m } }';
    const content = `${GATEWAYS}${deploymentYaml(`usage: { source: prom }, gateway: ${match}`)}`;
    expect((await loadConfigText(content, { K: 'k' })).deployments[0]?.gateway?.source).toBe('log');
  });

  test('a commitment names any provider, but no misspelled source', async () => {
    const list = (source: string) =>
      `${SOURCES}commitments: [{ source: ${source}, usdPerMonth: 1, until: 2027-03-31 }]`;
    expect(await configProblems(list('ruter'))).toEqual([
      `commitments[0].source: found "ruter", expected the id of a source ${known}; ` +
        'did you mean "router"?',
    ]);
  });

  test.each([
    ['a misspelled name', 'b', 'chta', ' (chat)', 'did you mean "chat"?'],
    ['an unknown name', 'b', 'search', ' (chat)', 'add it under deployments'],
  ])('a service that belongs to no deployment, %s', async (...[, name, id, list, remedy]) => {
    const services = `ops: { services: { ok: chat, ${name}: ${id} } }`;
    expect(
      await configProblems(`${deploymentYaml('').replace('a:', 'chat:')}\n${services}`),
    ).toEqual([
      `ops.services.${name}: found "${id}", expected the id of a deployment${list}; ${remedy}`,
    ]);
  });

  test('a service without any deployment', async () => {
    expect(await configProblems('ops: { services: { "*": chat } }')).toEqual([
      'ops.services.*: found "chat", expected the id of a deployment; add it under deployments',
    ]);
  });
});
