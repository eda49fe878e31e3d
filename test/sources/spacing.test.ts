/** Tests that two sources of one host share its required pauses, without Redis. */

import { expect, test } from 'vitest';
import { z } from 'zod';
import { findReadFields } from '../../src/platform/schemaFields.ts';
import { type Api, apiOptions, bearerAuth } from '../../src/sources/api.ts';
import { createPull } from '../../src/sources/driver.ts';
import { json, startServer } from '../support/httpServer.ts';
import { testClient } from '../support/testClient.ts';

const options = z.strictObject({ ...apiOptions('https://cloud.example') });

const api: Api = {
  kind: 'cloud',
  auth: bearerAuth(() => undefined),
  minIntervalMs: 1_100,
  *questions() {
    const fields = findReadFields(z.object({ even: z.boolean() }));
    yield { kind: 'cloud.even', path: ['even'], expects: 'even', fields, read: () => ({}) };
  },
};

test('requests of two sources to one host are as far apart as those of one', async () => {
  const server = await startServer(json({ even: true }));
  const tools = testClient();
  const pulling = ['a', 'b', 'c'].map((id) => {
    const setting = { id, options: options.parse({ baseUrl: server.origin }), tools };
    const request = { window: { startMs: 0, endMs: 1 }, usage: [], models: [] };
    return Array.fromAsync(createPull(api)(setting, request));
  });
  await Promise.all(pulling);
  await server.close();
  // The clock does not move: the second waits one interval, the third two.
  expect(tools.pauses.toSorted((a, b) => a - b)).toEqual([1_100, 2_200]);
});
