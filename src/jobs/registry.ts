/** All jobs that a queue or a schedule may run. */

import { auditJob } from './audit.ts';
import { checkJob } from './check.ts';
import { correctJob } from './correct.ts';
import { deliverJob } from './deliver.ts';
import { backlogJob } from './backlog.ts';
import { pricesJob } from './pullPrices.ts';
import { pullJob } from './pull.ts';
import { quarterJob } from './quarter.ts';
import { reportJob } from './report.ts';

export const JOBS = [
  pullJob,
  pricesJob,
  auditJob,
  reportJob,
  deliverJob,
  quarterJob,
  correctJob,
  backlogJob,
  checkJob,
] as const;
