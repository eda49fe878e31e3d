/** The demo's fleet for tests: built once per file, with its emulators queried over real HTTP. */

import { AUDITED_AT_MS } from '../../src/demo/calendar.ts';
import type { Emulator } from '../../src/demo/emulators/emulator.ts';
import { buildFleet, type Fleet } from '../../src/demo/fleet.ts';
import { settableClock } from '../../src/platform/clock.ts';

export const FLEET: Fleet = buildFleet();

/** The demo's own audit day, 2026-10-05. Tests may set it. */
export const demoClock = () => settableClock(AUDITED_AT_MS);

export interface EmulatorAnswer {
  readonly status: number;
  readonly type: string | null;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON of any shape. Tests check its fields. */
  readonly json: Readonly<Record<string, never>>;
}

export interface EmulatorQuestion {
  readonly key?: string;
  readonly method?: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent form-encoded, by POST. */
  readonly form?: Readonly<Record<string, string>>;
}

export async function requestEmulator(
  emulator: Emulator,
  path: string,
  how: EmulatorQuestion = {},
): Promise<EmulatorAnswer> {
  const url = new URL(path, emulator.url);
  for (const [name, value] of Object.entries(how.query ?? {})) url.searchParams.set(name, value);
  const response = await fetch(url, {
    method: how.method ?? (how.form === undefined ? 'GET' : 'POST'),
    headers: how.key === undefined ? {} : { authorization: `Bearer ${how.key}` },
    ...(how.form && { body: new URLSearchParams(how.form) }),
  });
  const text = await response.text();
  const type = response.headers.get('content-type');
  const json = type?.includes('json') === true ? JSON.parse(text) : {};
  return { status: response.status, type, headers: response.headers, text, json };
}
