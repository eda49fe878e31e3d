/** The fact tables, and their columns in the order in which rows are digested. */

/**
 * The definition is frozen. A column from a later migration counts only in rows where it is not
 * null (in the key: not empty). Rows from before keep their digests.
 */
export interface DigestDefinition {
  /** Identifies the row. The weight of the row in the weighted sum is computed from it. */
  readonly key: readonly string[];
  readonly rest: readonly string[];
  /** Columns added to the key later. An empty string in them does not count. */
  readonly joined?: readonly string[];
  /** Columns added later, in the order of their migrations. */
  readonly later?: readonly string[];
}

export const SERIES_NAME = 'series_name';

/** Key columns, then the other columns, in the order in which they are digested. */
const named = (key: string, ...rest: readonly string[]): DigestDefinition => ({
  key: key.split(' '),
  rest: rest.flatMap((names) => names.split(' ')),
});

const ORIGIN = 'recorded_at_ms fetch_ref position';

/** All tables of facts from fetches. */
export const DIGESTED_TABLES = {
  charge: {
    ...named(
      'source_id charge_key version',
      'resource_id resource_name category pricing_class start_ms end_ms',
      'billed_nano_usd list_nano_usd effective_nano_usd quantity_num quantity_den unit',
      'gpu_type gpu_count basis tags_json withdrawn',
      ORIGIN,
      'undo_ref left_out',
    ),
    later: [
      'rebuilt_from',
      'original_currency',
      'original_amount',
      'original_list',
      'original_effective',
      'invoice_id',
      'invoice_issued_ms',
      'commitment_id',
      'commitment_status',
      'rate_ref',
    ],
  },
  usage: {
    ...named(
      'series_ref start_ms version',
      'end_ms uncached_prompt_tokens cached_prompt_tokens output_tokens requests busy_ms',
      'replica_ms estimated withdrawn',
      ORIGIN,
      'undo_ref',
      // Computed from the series' deployment and source, see createSeriesDigest. It is not a
      // column.
      SERIES_NAME,
    ),
    later: ['counted_ms'],
  },
  hosted_price: {
    ...named(
      'source_id model host quantization valid_from_ms version',
      'host_name input_nano_usd_per_mtok cached_input_nano_usd_per_mtok',
      'output_nano_usd_per_mtok request_nano_usd context_length free offered withdrawn',
      ORIGIN,
      'undo_ref',
    ),
    joined: ['service_tier'],
    later: [
      'cache_write_nano_usd_per_mtok',
      'overrides_json',
      'second_hand',
      'region',
      'data_policy',
      'supports_json',
    ],
  },
  host_availability: {
    ...named('source_id model host observed_at_ms version', 'uptime_millionths healthy', ORIGIN),
    later: ['latency_ms', 'tokens_per_second'],
  },
  gpu_rate: {
    ...named(
      'source_id provider gpu_type pricing_class valid_from_ms version',
      'nano_usd_per_gpu_hour withdrawn',
      ORIGIN,
      'undo_ref',
    ),
    later: ['second_hand', 'regions_json'],
  },
  ops_entry: named(
    'source_id entry_key version',
    'day_ms deployment worked_ms note withdrawn',
    ORIGIN,
    'undo_ref',
  ),
  invoice_line: {
    ...named(
      'source_id line_key version',
      'invoice_id issued_ms start_ms end_ms amount_nano_usd resource_id category withdrawn',
      ORIGIN,
      'undo_ref',
    ),
    later: ['original_currency', 'original_amount'],
  },
  hosted_usage: named(
    'source_id start_ms model host service_tier version',
    'end_ms uncached_prompt_tokens cached_prompt_tokens cache_write_tokens output_tokens',
    'reasoning_tokens requests nano_usd second_hand withdrawn',
    ORIGIN,
    'undo_ref',
  ),
  exchange_rate: named(
    'currency month_ms source_id version',
    'usd_num usd_den withdrawn',
    ORIGIN,
    'undo_ref',
  ),
  resource_seen: named(
    'source_id resource_id seen_at_ms version',
    'kind name gpu_type gpu_count nano_usd_per_hour status',
    ORIGIN,
  ),
  usage_part: named(
    'deployment source_id start_ms demand tenant team adapter version',
    'end_ms uncached_prompt_tokens cached_prompt_tokens output_tokens requests withdrawn',
    ORIGIN,
    'undo_ref',
  ),
  latency_histogram: named(
    'deployment source_id measure start_ms version',
    'end_ms bounds_json counts_json withdrawn',
    ORIGIN,
    'undo_ref',
  ),
  gpu_activity: named(
    'deployment source_id start_ms version',
    'end_ms gpu_ms gpu_util_millionths engine_active_millionths tensor_active_millionths',
    'dram_active_millionths withdrawn',
    ORIGIN,
    'undo_ref',
  ),
  request_count: named(
    'deployment source_id start_ms version',
    'end_ms answered failed escalated tokens withdrawn',
    ORIGIN,
    'undo_ref',
  ),
  request_batch: named(
    'fetch_ref batch',
    'source_id deployment start_ms end_ms demand tenant team adapter position answered failed',
    'escalated prompt_tokens cached_tokens output_tokens ids',
  ),
  price_snapshot: { ...named('source_id model taken_at_ms', ORIGIN), joined: ['tiers'] },
  stated_total: named('fetch_ref', 'start_ms end_ms billed_nano_usd recorded_at_ms'),
} as const satisfies Readonly<Record<string, DigestDefinition>>;

export type DigestedTable = keyof typeof DIGESTED_TABLES;

/** The columns of a table in the order in which they are digested. */
export function digestedColumns(table: DigestedTable): readonly string[] {
  return [...frozenColumns(table), ...laterColumns(table)];
}

/** The columns that existed when digests were introduced. */
export function frozenColumns(table: DigestedTable): readonly string[] {
  const { key, rest } = DIGESTED_TABLES[table];
  return [...key, ...rest];
}

export function laterColumns(table: DigestedTable): readonly string[] {
  const { joined = [], later = [] }: DigestDefinition = DIGESTED_TABLES[table];
  return [...joined, ...later];
}
