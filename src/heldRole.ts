/** Knows whether this process is the one that writes at this moment. */

interface Closing {
  close(): Promise<void>;
}

/** Whether the writer's work is under way in this process. */
export interface HeldRole {
  readonly isHeld: () => boolean;
  /** Starts the work; the role is held until it is closed. */
  readonly during: <Work extends Closing>(start: () => Promise<Work>) => Promise<Work>;
}

export function heldRole(): HeldRole {
  let isHeld = false;
  return {
    isHeld: () => isHeld,
    async during(start) {
      const started = await start();
      isHeld = true;
      const close = async () => {
        isHeld = false;
        await started.close();
      };
      return { ...started, close };
    },
  };
}
