import { expect, test } from 'vitest';
import { decimal } from '../../src/domain/exact.ts';
import { toHostedInput } from '../../src/jobs/gather.ts';
import { deploymentYaml, hostedYaml, loadConfigText, configProblems } from './configFile.ts';

test('requirements on hosted providers are read as written', async () => {
  const limits = 'rateLimit: { requestsPerMinute: 600, tokensPerMinute: 2000000 }';
  const equivalent = `{ via: import, model: a/b, minContextLength: 8192, ${limits} }`;
  const options = 'regions: [eu], dataPolicies: [zdr], features: [tools], minHealthyShare: 0.95';
  const text = deploymentYaml(`hosted: { equivalents: [${equivalent}], ${options} }`);
  const [chat] = (await loadConfigText(text)).deployments;
  expect(toHostedInput(chat?.hosted)).toMatchObject({
    equivalents: [
      {
        sourceId: 'import',
        model: 'a/b',
        minContextLength: 8192,
        rateLimit: { requestsPerMinute: 600, tokensPerMinute: 2_000_000 },
      },
    ],
    minHealthyShare: decimal('0.95'),
    regions: ['eu'],
    dataPolicies: ['zdr'],
    features: ['tools'],
  });
});

test('a limit of zero a minute, a share above one and an empty list are refused', async () => {
  const none = deploymentYaml(
    'hosted: { equivalents: [{ via: import, model: m, rateLimit: { tokensPerMinute: 0 } }] }',
  );
  const faults = [none, hostedYaml('minHealthyShare: 95'), hostedYaml('regions: []')].map(
    configProblems,
  );
  const [limit, share, regions] = (await Promise.all(faults)).map((each) => each.join());
  expect(limit).toContain('hosted.equivalents[0].rateLimit.tokensPerMinute: found 0');
  expect(share).toContain('hosted.minHealthyShare: found 95');
  expect(regions).toContain('hosted.regions');
});
