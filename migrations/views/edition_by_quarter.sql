-- One row per quarter and edition of its report: what it corrects and the state of its deliveries.
CREATE VIEW edition_by_quarter AS
SELECT
  e.quarter,
  e.edition_id AS edition,
  e.number,
  e.number = max(e.number) OVER (PARTITION BY e.quarter) AS newest,
  e.corrects,
  e.run_id,
  e.subject,
  e.headline,
  e.digest,
  strftime('%Y-%m-%dT%H:%M:%fZ', e.frozen_at_ms / 1000.0, 'unixepoch') AS frozen_at,
  (SELECT count(*) FROM edition_file f WHERE f.edition_ref = e.edition_ref) AS files,
  count(d.delivery_ref) AS deliveries,
  count(d.delivery_ref) FILTER (WHERE d.state = 'sent') AS sent,
  count(d.delivery_ref) FILTER (WHERE d.state IN ('waiting', 'claimed', 'handing', 'deferred'))
    AS open,
  count(d.delivery_ref) FILTER (WHERE d.state = 'refused') AS refused,
  count(d.delivery_ref) FILTER (WHERE d.state = 'failed') AS failed,
  count(d.delivery_ref) FILTER (WHERE d.state = 'ambiguous') AS ambiguous,
  strftime('%Y-%m-%dT%H:%M:%SZ', min(d.sent_at_ms) / 1000, 'unixepoch') AS first_sent_at,
  strftime('%Y-%m-%dT%H:%M:%SZ', max(d.sent_at_ms) / 1000, 'unixepoch') AS last_sent_at
FROM edition e
LEFT JOIN delivery d USING (edition_ref)
GROUP BY e.edition_ref;
