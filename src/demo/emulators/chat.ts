/** Emulates the chat of the on-call team, which accepts every message. */

import { type Emulator, serve } from './serve.ts';

export interface Chat extends Emulator {
  /** The posted messages, oldest first. */
  readonly heard: readonly string[];
}

/** Serves `POST /on-call`, like the incoming webhook of a chat. */
export async function startChat(): Promise<Chat> {
  const heard: string[] = [];
  const emulator = await serve(({ method, path, sent }) => {
    if (method !== 'POST' || path !== '/on-call')
      return { status: 404, type: 'text/plain', body: '' };
    heard.push(sent);
    return { status: 200, type: 'text/plain', body: 'ok' };
  });
  return { ...emulator, heard };
}
