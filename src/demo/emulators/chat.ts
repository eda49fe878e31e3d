/** Emulates the chat of the on-call team, which accepts every message. */

import { type Emulator, startEmulator } from './serve.ts';

export interface ChatEmulator extends Emulator {
  /** The posted messages, oldest first. */
  readonly messages: readonly string[];
}

/** Serves `POST /on-call`, like the incoming webhook of a chat. */
export async function startChat(): Promise<ChatEmulator> {
  const heard: string[] = [];
  const emulator = await startEmulator(({ method, path, body }) => {
    if (method !== 'POST' || path !== '/on-call')
      return { status: 404, type: 'text/plain', body: '' };
    heard.push(body);
    return { status: 200, type: 'text/plain', body: 'ok' };
  });
  return { ...emulator, messages: heard };
}
