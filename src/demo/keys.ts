/** Knows the keys of the emulators: made up, worth nothing, and good on loopback only. */

export const RUNPOD_KEY = 'demo-runpod-key-0f3c9a';

/** Sees the inventory and gets 403 from billing. */
export const RUNPOD_KEY_WITHOUT_BILLING = 'demo-runpod-inventory-key-7b21';

export const OPENROUTER_KEY = 'demo-openrouter-key-e58d41';

/** Stands in a pod's environment, as real tokens do; it must never be stored. */
export const PLANTED_POD_SECRET = 'hf_DemoSecretThatMustNotBeStored';
