-- One row per fetch: what was requested from which source, how it ended, and its result.
CREATE VIEW pull_history AS
SELECT
  f.fetch_ref,
  f.source_id AS source,
  f.kind,
  f.url,
  strftime('%Y-%m-%dT%H:%M:%SZ', f.window_start_ms / 1000, 'unixepoch') AS window_start,
  strftime('%Y-%m-%dT%H:%M:%SZ', f.window_end_ms / 1000, 'unixepoch') AS window_end,
  strftime('%Y-%m-%dT%H:%M:%fZ', f.started_at_ms / 1000.0, 'unixepoch') AS started_at,
  strftime('%Y-%m-%dT%H:%M:%fZ', f.ended_at_ms / 1000.0, 'unixepoch') AS ended_at,
  f.status,
  -- Facts that were new or restated; unchanged ones were known before.
  f.added + f.restated AS rows,
  f.added,
  f.restated,
  f.unchanged,
  f.rejected AS rejects,
  f.failure_code AS failure,
  f.failure_message,
  f.finished,
  f.digest,
  b.plain_bytes AS bytes,
  f.warnings_json AS warnings,
  -- Of imports: the time that their facts speak of, and what became of them.
  strftime('%Y-%m-%dT%H:%M:%SZ', f.facts_start_ms / 1000, 'unixepoch') AS facts_start,
  strftime('%Y-%m-%dT%H:%M:%SZ', f.facts_end_ms / 1000, 'unixepoch') AS facts_end,
  strftime('%Y-%m-%dT%H:%M:%SZ', f.facts_reach_ms / 1000, 'unixepoch') AS facts_reach,
  f.same_as_ref AS same_as,
  (SELECT min(u.undone_ref) FROM import_undo u WHERE u.undo_ref = f.fetch_ref) AS undoes,
  (SELECT max(u.undo_ref) FROM import_undo u WHERE u.undone_ref = f.fetch_ref AND u.counts = 1)
    AS undone_by
FROM fetch f
LEFT JOIN raw_body b ON b.body_ref = f.body_ref;
