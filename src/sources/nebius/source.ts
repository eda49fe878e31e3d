/** Pulls Nebius' hourly FOCUS export, at contract prices. */

import { openStore, pullBills } from '../bills/pullBills.ts';
import type { Puller } from '../source.ts';
import type { NebiusOptions } from './options.ts';

const STORAGE = {
  region: 'eu-north1',
  endpoint: (region: string) => `https://storage.${region}.nebius.cloud`,
};

/** The layout of the export is not documented; its files show whether they overwrite each other. */
export const pull: Puller<NebiusOptions>['pull'] = (setting, request) => {
  const { options, tools } = setting;
  const asker = { sourceId: setting.id, kind: 'nebius', nowMs: () => tools.clock.nowMs() };
  const rule = options.files ?? 'told';
  const open = () => openStore(setting, asker, STORAGE);
  const { take } = options;
  return pullBills({ asker, take, layout: 'plain', match: undefined, rule, open }, request);
};
