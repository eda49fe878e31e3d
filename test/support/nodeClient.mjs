/** Adds a job as any Node program would: with BullMQ and none of our code. */

import { Queue } from 'bullmq';

const [address = '', prefix = '', name = '', data = ''] = process.argv.slice(2);
const place = address.startsWith('/') ? { path: address } : { url: address };
const queue = new Queue('rentcheck', { connection: place, prefix });
const { id } = await queue.add(name, JSON.parse(data));
process.stdout.write(String(id));
await queue.close();
