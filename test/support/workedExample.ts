/** The worked example of docs/economics.md as files: one A100 pod, four hours, two providers. */

const WORKED_CONFIG = `
ledger: ./rentcheck.db
deployments:
  example:
    model: example/model
    gpu: { type: A100-80GB, count: 1 }
    resources: [{ source: import, match: { id: pod-1 } }]
    usage: { source: import }
    capacity: { tokensPerSecond: 3000, measured: 2026-06-01, evidence: "load test" }
    hosted: { equivalents: [{ via: import, model: example/model }], policy: cheapest, fee: 0.055 }
labor:
  loadedUsdPerHour: 1
  selfHosted:
    fixedHours: { low: 0, base: 0, high: 0 }
    hoursPerDeployment: { low: 3, base: 3, high: 3 }
  hosted:
    fixedHours: { low: 0, base: 0, high: 0 }
    hoursPerDeployment: { low: 0.5, base: 0.5, high: 0.5 }
`;

/** One A100 at $1.50 an hour for four hours. */
const CHARGES = `
id,resource_id,resource_name,category,pricing_class,start,end,billed_cost,currency,quantity,unit
line-1,pod-1,example-pod,compute,on-demand,2026-07-01,2026-07-01T04:00:00Z,6.00,USD,4,Hours
`;

const COUNTS = 'prompt_tokens,cached_tokens,output_tokens,requests,busy_seconds,replica_seconds';
const USAGE = `
deployment,start,end,${COUNTS}
example,2026-07-01T00:00:00Z,2026-07-01T01:00:00Z,3000000,600000,600000,1500,3000,3600
example,2026-07-01T01:00:00Z,2026-07-01T02:00:00Z,9000000,1800000,1800000,4500,3600,3600
example,2026-07-01T02:00:00Z,2026-07-01T03:00:00Z,0,0,0,0,0,3600
example,2026-07-01T03:00:00Z,2026-07-01T04:00:00Z,1000000,200000,200000,500,1200,3600
`;

const PER_MTOK = 'input_usd_per_mtok,cached_usd_per_mtok,output_usd_per_mtok,request_usd';
const PRICES = `
host,model,quantization,valid_from,${PER_MTOK}
host-a,example/model,fp8,2026-06-01,0.10,0.05,0.30,
host-b,example/model,fp8,2026-06-01,0.12,,0.20,
`;

export const WORKED_FILES = {
  'rentcheck.yaml': WORKED_CONFIG,
  'charges.csv': CHARGES.trimStart(),
  'usage.csv': USAGE.trimStart(),
  'prices.csv': PRICES.trimStart(),
} as const;
