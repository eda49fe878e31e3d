/**
 * Knows what a person would do with the fleet: the config they would write, and when they would
 * pull.
 */

import { ASSUMPTIONS, COMPANY, DEPLOYMENTS, type FleetDeployment } from './company.ts';
import { OPENROUTER_KEY, RUNPOD_KEY } from './keys.ts';

/** Environment of the demo's config: keys that are good on loopback only. */
export const DEMO_ENVIRONMENT: Readonly<Record<string, string>> = {
  RUNPOD_API_KEY: RUNPOD_KEY,
  OPENROUTER_API_KEY: OPENROUTER_KEY,
};

export interface ScenarioAddresses {
  /** `http://127.0.0.1:PORT` of each emulator. */
  readonly runpodUrl: string;
  readonly prometheusUrl: string;
  readonly openrouterUrl: string;
  /** Path of the ledger as the config is to say it. */
  readonly ledger: string;
}

/**
 * `rentcheck.yaml` of the demo. The addresses are gone once the demo has ended; all else goes on.
 */
export function scenarioConfig(addresses: ScenarioAddresses): string {
  return [head(addresses), 'deployments:', ...DEPLOYMENTS.map(deploymentSection), DECISION].join(
    '\n',
  );
}

function head({ runpodUrl, prometheusUrl, openrouterUrl, ledger }: ScenarioAddresses): string {
  return `# ${COMPANY}: a fictional company's fleet in the third quarter of 2026.
# Its providers were emulators on this machine that ended with the demo: "pull" finds them no more,
# everything that reads the ledger (audit, report, sql) goes on working.
ledger: ${JSON.stringify(ledger)}
fiscal:
  startMonth: 1

sources:
  runpod-main:
    kind: runpod
    apiKey: \${RUNPOD_API_KEY}
    baseUrl: ${runpodUrl}
  prom:
    kind: prometheus
    url: ${prometheusUrl}
  router:
    kind: openrouter
    managementKey: \${OPENROUTER_API_KEY}
    baseUrl: ${openrouterUrl}/api/v1
`;
}

/** What is peculiar to a deployment, as comments and a waiver. */
const REMARKS: Readonly<Record<string, string>> = {
  'support-chat': '# Customers all over the world talk to it: busy day and night.',
  'doc-summaries': '# A batch now and then in office hours; nothing at night or at weekends.',
  'code-review': '# A crowd every weekday afternoon, for which four pods are paid all week.',
  'claims-triage': '# Reads health data: legal wants it on our own machines, whatever it costs.',
};

const WAIVERS: Readonly<Record<string, string>> = {
  'claims-triage': `
    waiver:
      reason: data residency
      owner: legal
      worthUsdPerQuarter: 5000
      expires: 2026-12-31`,
};

/** What else it could be, where its owner has said so. */
const CHANCES: Readonly<Record<string, string>> = {
  'doc-summaries': `
    rightSize: { minReplicas: 0 } # may be switched off while nothing is asked
    serverless: # the provider's own workers with the same GPU
      usdPerSecond: 0.00076
      coldStartSeconds: 60
      idleTimeoutSeconds: 5`,
  'code-review': `
    rightSize: { minReplicas: 4 } # a pod loads for too long to follow the hour`,
};

function deploymentSection(deployment: FleetDeployment): string {
  const { id, gpu, hosted } = deployment;
  const peculiar = `${WAIVERS[id] ?? ''}${CHANCES[id] ?? ''}`;
  return `  ${REMARKS[id] ?? ''}
  ${id}:
    model: ${deployment.model}
    precision: ${deployment.precision}
    gpu: { type: ${gpu.type}, count: ${gpu.count} } # of one replica
    resources:
      - source: runpod-main
        match: { name: "${id}-*" }
    usage:
      source: prom
      engine: vllm
      match: { model_name: ${deployment.servedModel} }
    capacity: # prompt and output tokens of one replica at this deployment's mix
      tokensPerSecond: ${deployment.capacityTokensPerSecond}
      measured: 2026-06-12
      evidence: load test before the launch
    hosted:
      equivalents:
        - via: router
          model: ${hosted.model}
          quantizations: [${hosted.quantizations.join(', ')}]
      policy: cheapest
      minUptime: ${ASSUMPTIONS.minUptime}
      fee: ${ASSUMPTIONS.fee} # what the router takes on credits${peculiar}
`;
}

const DECISION = `# Hours of people a quarter, assumed: this company keeps no log of them.
labor:
  loadedUsdPerHour: 100
  selfHosted:
    fixedHours: { low: 40, base: 120, high: 260 }
    hoursPerDeployment: { low: 5, base: 15, high: 40 }
  hosted:
    fixedHours: { low: 5, base: 12, high: 30 }
    hoursPerDeployment: { low: 0, base: 2, high: 5 }
  serverlessShare: 0.6

# What a change takes once, spread over a year, and what coming back would take.
migration:
  hours: { delete: 24, hybrid: 40, serverless: 40, move: 16, right-size: 8 }
  reentryHours: 120

# A change is advised where it is likely to pay, and pays enough.
policy:
  minProbability: 0.9
  minSavingUsd: 1000
  minSavingShare: 0.15
  reversalSavingShare: 0.3
  cacheRealization: { low: 0, base: ${ASSUMPTIONS.cacheRealization}, high: 1 }

# Who gets what. Here all goes into a folder of mails to look at; "channel: mail", the default,
# goes through the mail server that a section smtp names.
report:
  from: rentcheck@marlow-finch.example
  timeZone: Europe/London
  sendOn: { businessDayOfQuarter: 5, at: "07:00" }
  channels:
    mailbox: { kind: folder, path: ./mailbox }
  recipients:
    - { role: leader, channel: mailbox, address: cfo@marlow-finch.example }
    - { role: leader, channel: mailbox, address: platform@marlow-finch.example }
    - { role: owner, channel: mailbox, address: search@marlow-finch.example }
    - { role: finance, channel: mailbox, address: books@marlow-finch.example }
`;
