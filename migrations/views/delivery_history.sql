-- One row per edition of a report and address it went to.
CREATE VIEW delivery_history AS
SELECT
  strftime('%Y-%m-%dT%H:%M:%SZ', delivered_at_ms / 1000, 'unixepoch') AS delivered_at,
  edition,
  recipient,
  status,
  run_id,
  message_id,
  detail
FROM delivery;
