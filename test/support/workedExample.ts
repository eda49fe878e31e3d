/** Knows the worked example of docs/economics.md as files: one A100 pod, four hours, two hosts. */

export const WORKED_CONFIG = `
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

export const WORKED_CHARGES = `id,resource_id,resource_name,category,pricing_class,start,end,billed_cost,currency,quantity,unit,gpu_type,gpu_count
line-1,pod-1,example-pod,compute,on-demand,2026-07-01T00:00:00Z,2026-07-01T04:00:00Z,6.00,USD,4,Hours,A100-80GB,1
`;

export const WORKED_USAGE = `deployment,start,end,prompt_tokens,cached_tokens,output_tokens,requests,busy_seconds,replica_seconds
example,2026-07-01T00:00:00Z,2026-07-01T01:00:00Z,3000000,600000,600000,1500,3000,3600
example,2026-07-01T01:00:00Z,2026-07-01T02:00:00Z,9000000,1800000,1800000,4500,3600,3600
example,2026-07-01T02:00:00Z,2026-07-01T03:00:00Z,0,0,0,0,0,3600
example,2026-07-01T03:00:00Z,2026-07-01T04:00:00Z,1000000,200000,200000,500,1200,3600
`;

export const WORKED_PRICES = `host,model,quantization,valid_from,input_usd_per_mtok,cached_usd_per_mtok,output_usd_per_mtok,request_usd
host-a,example/model,fp8,2026-06-01,0.10,0.05,0.30,
host-b,example/model,fp8,2026-06-01,0.12,,0.20,
`;

export const WORKED_FILES = {
  'rentcheck.yaml': WORKED_CONFIG,
  'charges.csv': WORKED_CHARGES,
  'usage.csv': WORKED_USAGE,
  'prices.csv': WORKED_PRICES,
} as const;
