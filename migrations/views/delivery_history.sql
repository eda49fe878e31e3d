-- One row per message of an edition and its destination: the state of its delivery.
CREATE VIEW delivery_history AS
SELECT
  strftime('%Y-%m-%dT%H:%M:%SZ', d.sent_at_ms / 1000, 'unixepoch') AS delivered_at,
  e.edition_id AS edition,
  d.recipient,
  d.state AS status,
  e.run_id,
  d.message_id,
  d.reply AS detail,
  d.delivery_id,
  e.quarter,
  d.channel,
  d.role,
  d.deployment,
  d.tries,
  d.code,
  strftime('%Y-%m-%dT%H:%M:%fZ', d.next_try_at_ms / 1000.0, 'unixepoch') AS next_try_at,
  strftime('%Y-%m-%dT%H:%M:%fZ', d.planned_at_ms / 1000.0, 'unixepoch') AS planned_at,
  strftime('%Y-%m-%dT%H:%M:%fZ', d.changed_at_ms / 1000.0, 'unixepoch') AS changed_at,
  d.message_digest
FROM delivery d
JOIN edition e USING (edition_ref);
