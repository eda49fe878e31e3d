/** Knows how an audit is made: facts gathered, weighed, decided and stored, the same inputs once. */

import { z } from 'zod';
import type { Exact } from '../domain/exact.ts';
import { weighStack } from '../economics/stack.ts';
import type { AuditRecord } from '../ledger/ledger.ts';
import type { Audit } from '../verdict/audit.ts';
import { decide } from '../verdict/decide.ts';
import { auditDocument } from '../verdict/document.ts';
import { auditRows } from '../verdict/rows.ts';
import type { JobContext } from './context.ts';
import { gather } from './gather.ts';
import type { Job } from './job.ts';
import { auditedPeriod } from './window.ts';

const payload = z.strictObject({
  quarter: z.string().optional(),
  from: z.number().optional(),
  to: z.number().optional(),
  asOf: z.number().optional(),
});
