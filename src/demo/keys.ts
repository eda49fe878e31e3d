/** Fictional keys, which only the emulators accept. */

export const RUNPOD_KEY = 'demo-runpod-key-0f3c9a';

/** A key that may read the inventory, but gets 403 from billing. */
export const RUNPOD_KEY_WITHOUT_BILLING = 'demo-runpod-inventory-key-7b21';

export const OPENROUTER_KEY = 'demo-openrouter-key-e58d41';

/** A secret in the environment of a pod. It must never be stored. */
export const PLANTED_POD_SECRET = 'hf_DemoSecretThatMustNotBeStored';

/** An admin key, which may read costs. */
export const OPENAI_KEY = 'sk-admin-demo-4c71';

export const VAST_KEY = 'demo-vast-key-5a2b77';

export const LAMBDA_KEY = 'secret_demo-lambda_91c0d2';

export const CRUSOE_KEY_ID = 'demo-crusoe-key-id-4410';

/** Base64url. It signs requests and is never sent. */
export const CRUSOE_SECRET_KEY = 'ZGVtby1jcnVzb2Utc2VjcmV0LWtleQ';

export const COREWEAVE_KEY = 'CW-DEMO-SECRET-6c3e';

export const TOGETHER_KEY = 'demo-together-key-8fd1';

export const HYPERSTACK_KEY = 'demo-hyperstack-key-31c8';

export const DIGITALOCEAN_KEY = 'dop_v1_demo_2b6e90';
