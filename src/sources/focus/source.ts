/** Pulls FOCUS bills that AWS, Azure, Google Cloud and others export to buckets. */

import { openStore, pullBills } from '../bills/pullBills.ts';
import type { Puller } from '../source.ts';
import type { FocusOptions } from './options.ts';

/** The default provider is AWS. */
const AWS = {
  region: 'us-east-1',
  endpoint: (region: string) => `https://s3.${region}.amazonaws.com`,
};

export const pull: Puller<FocusOptions>['pull'] = (setting, request) => {
  const { options, tools } = setting;
  const asker = { sourceId: setting.id, kind: 'focus', nowMs: () => tools.clock.nowMs() };
  const { take, layout, match, files: rule } = options;
  const open = () => openStore(setting, asker, AWS);
  return pullBills({ asker, take, layout, match, rule, open }, request);
};
