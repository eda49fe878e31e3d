/** Knows the street outside: arguments, environment, standard streams, files and the exit code. */

import { createReadStream } from 'node:fs';
import { access, writeFile } from 'node:fs/promises';
import { openApp } from './app.ts';
import type { Files, Services } from './cli/command.ts';
import { runProgram } from './cli/program.ts';
import { Failure } from './domain/failure.ts';
import { systemClock } from './platform/clock.ts';
import { version } from './platform/version.ts';

const files: Files = {
  async read(path) {
    if (path === '-') return process.stdin;
    const stream = createReadStream(path);
    await new Promise<void>((ready, refuse) => {
      stream.once('open', () => ready());
      stream.once('error', (cause) => {
        refuse(new Failure('file-unreadable', `cannot read ${path}: ${cause.message}`, { cause }));
      });
    });
    return stream;
  },
  exists: (path) => access(path).then(() => true, () => false),
  write: (path, text) => writeFile(path, text),
};

const services: Services = {
  clock: systemClock,
  version,
  env: process.env,
  terminal: process.stderr.isTTY === true,
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  open: (configPath, options) =>
    openApp(configPath, { clock: systemClock, env: process.env, ...options }),
  files,
  runWorker: async () => 0,
};

process.exitCode = await runProgram(process.argv.slice(2), services);
