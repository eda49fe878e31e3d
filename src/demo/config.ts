/** Renders the `rentcheck.yaml` of the demo. */

import { ASSUMPTIONS, COMPANY, DEPLOYMENTS, type FleetDeployment } from './company.ts';
import { ARCHIVE, EURO_RATES } from './invoices.ts';
import {
  type DemoAddresses,
  PRICE_CATALOG,
  ON_CALL_FILE,
  renderSourcesSection,
} from './sources.ts';

/**
 * The config of the demo. Its addresses are invalid after the demo has ended; everything else still
 * works. `ledger` is the path of the ledger as it appears in the config.
 */
export function renderDemoConfig(addresses: DemoAddresses, ledger: string): string {
  const sections = DEPLOYMENTS.map(deploymentSection);
  return [
    head(ledger),
    renderSourcesSection(addresses),
    'deployments:',
    ...sections,
    DECISION,
  ].join('\n');
}

function head(ledger: string): string {
  return `# ${COMPANY}: a fictional company's fleet in the third quarter of 2026.
# Its providers were emulators that ran only during the demo, so "rentcheck pull" no longer works.
# Every command that reads the ledger (audit, report, sql and others) still works.
ledger: ${JSON.stringify(ledger)}
owner: ml-platform # carries out what concerns the whole stack
fiscal:
  startMonth: 1
`;
}

/** A comment about each deployment. */
const REMARKS: Readonly<Record<string, string>> = {
  'support-chat': '# Customers all over the world use it, day and night.',
  'doc-summaries': '# Occasional batches in office hours; idle at night and on weekends.',
  'code-review': '# A peak every weekday afternoon; at night a benchmark that serves no users.',
  'claims-triage': '# Reads health data: legal requires self-hosting, whatever it costs.',
};

/** The team that carries out the actions for a deployment. */
const OWNERS: Readonly<Record<string, string>> = {
  'support-chat': 'support-engineering',
  'doc-summaries': 'search',
  'code-review': 'developer-tools',
  'claims-triage': 'claims-platform',
};

const WAIVERS: Readonly<Record<string, string>> = {
  'claims-triage': `
    waiver:
      reason: data residency
      owner: legal
      worthUsdPerQuarter: 5000
      expires: 2026-12-31`,
};

/** The resources of each deployment, at all of its providers. */
const RESOURCES: Readonly<Record<string, string>> = {
  'support-chat': `\
      - { source: runpod-main, match: { name: "support-chat-*" } }
      - { source: coreweave, match: { cluster: support-chat-2 } } # two GPUs of a reserved node`,
  'doc-summaries': `\
      - { source: runpod-main, match: { name: "doc-summaries-*" } }
      - { source: hyperstack, match: { name: "doc-summaries-*" } }
      - { source: lambda, match: { name: "doc-summaries-*" } }`,
  'code-review': `\
      - { source: runpod-main, match: { name: "code-review-*" } }
      - { source: digitalocean, match: { name: "code-review-*" } }
      - { source: vast, match: { name: "code-review-*" } }
      - { source: crusoe, match: { name: "code-review/*" } } # bills by project, not by VM`,
  'claims-triage': `\
      - { source: nebius, match: { name: "claims-triage-*" } }
      - { source: import, match: { id: ${ARCHIVE.id} } } # invoiced in euros`,
};

/** Further options that the owner of a deployment allows. */
const EXTRA_OPTIONS: Readonly<Record<string, string>> = {
  'doc-summaries': `
    rightSize: { minReplicas: 0 } # may be switched off while there is no traffic
    serverless: # the provider's own workers with the same GPU
      usdPerSecond: 0.00076
      coldStartSeconds: 60
      idleTimeoutSeconds: 5`,
  'code-review': `
    rightSize: { minReplicas: 4 } # a replica starts too slowly to follow the traffic of each hour`,
};

/** Equivalents in a public catalog, which has lower priority than the provider's price. */
const CATALOG_EQUIVALENTS: Readonly<Record<string, string>> = {
  'support-chat': `
        - via: ${PRICE_CATALOG}
          model: meta-llama/llama-3.3-70b-instruct
          quantizations: [unknown]`,
};

function demandOf({ isBenchmarked }: FleetDeployment): string {
  if (isBenchmarked !== true) return '';
  return `
      demand: { label: purpose, kinds: { review: user, benchmark: benchmark } }`;
}

function deploymentSection(deployment: FleetDeployment): string {
  const { id, gpu, hosted } = deployment;
  const extras = `${WAIVERS[id] ?? ''}${EXTRA_OPTIONS[id] ?? ''}`;
  return `  ${REMARKS[id] ?? ''}
  ${id}:
    owner: ${OWNERS[id] ?? ''}
    model: ${deployment.model}
    precision: ${deployment.precision}
    gpu: { type: ${gpu.type}, count: ${gpu.count} } # GPUs of one replica
    resources:
${RESOURCES[id] ?? ''}
    usage:
      source: prom
      engine: ${deployment.engine}
      match: { model_name: ${deployment.servedModel} }${demandOf(deployment)}
    capacity: # tokens per second of one replica, prompt and output, at this mix
      tokensPerSecond: ${deployment.capacityTokensPerSecond}
      measured: 2026-06-12
      evidence: load test before the launch
    hosted:
      equivalents:
        - via: router
          model: ${hosted.model}
          quantizations: [${hosted.quantizations.join(', ')}]${CATALOG_EQUIVALENTS[id] ?? ''}
      policy: cheapest
      minUptime: ${ASSUMPTIONS.minUptime}
      fee: ${ASSUMPTIONS.fee} # fee of the router on credits${extras}
`;
}

/** `'2026-07': 1.0842, …` */
const RATES = Object.entries(EURO_RATES)
  .map(([month, rate]) => `'${month}': ${(rate / 10_000).toFixed(4)}`)
  .join(', ');

const DECISION = `# Columns of a German invoice, and the exchange rates of the euro.
imports:
  rechenzentrum:
    columns: { invoice_id: Rechnung, day: Tag, resource_id: Posten, billed_cost: Netto }
    constants: { category: storage, currency: EUR }
    decimal: ','
    dates: DD.MM.YYYY
    separator: ';'
currencies:
  EUR: { ${RATES} }

# Commitments that are paid whether or not anything runs.
commitments:
  - source: coreweave
    gpus: 2
    usdPerGpuHour: 2.70
    until: 2026-12-31
    noticeDays: 30
    owner: procurement

# Engineering hours a quarter. These are assumptions: this company does not record its hours.
labor:
  loadedUsdPerHour: 100
  selfHosted:
    fixedHours: { low: 40, base: 120, high: 260 }
    hoursPerDeployment: { low: 5, base: 15, high: 40 }
  hosted:
    fixedHours: { low: 5, base: 12, high: 30 }
    hoursPerDeployment: { low: 0, base: 2, high: 5 }
  serverlessShare: 0.6

# One-off engineering hours of a change, amortized over a year, and of returning to self-hosting.
migration:
  hours: { delete: 24, hybrid: 40, serverless: 40, move: 16, right-size: 8 }
  reentryHours: 120

# A change is advised only if its saving is likely and large enough.
policy:
  minProbability: 0.9
  minSavingUsd: 1000
  minSavingShare: 0.15
  reversalSavingShare: 0.3
  cacheRealization: { low: 0, base: ${ASSUMPTIONS.cacheRealization}, high: 1 }

# Recipients. Here all messages go into a folder. The default, "channel: mail", uses the mail server
# of the section smtp.
report:
  from: rentcheck@marlow-finch.example
  timeZone: Europe/London
  sendOn: { businessDayOfQuarter: 5, at: "07:00" }
  deadMan: { webhook: { file: ./${ON_CALL_FILE} } } # the chat of the on-call team
  channels:
    mailbox: { kind: folder, path: ./mailbox }
  recipients:
    - { role: leader, channel: mailbox, address: cfo@marlow-finch.example }
    - { role: leader, channel: mailbox, address: platform@marlow-finch.example }
    - { role: owner, channel: mailbox, address: search@marlow-finch.example }
    - { role: finance, channel: mailbox, address: books@marlow-finch.example }
`;
