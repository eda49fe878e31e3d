/** Settings of a report with two readers: a leader by mail, and finance on a shelf. */

/** To be added to a config; the shelf is a folder beside it. */
export function mailAndShelf(port: number): string {
  return `
report:
  from: audit@example.com
  to: [cfo@example.com]
  channels: { shelf: { kind: folder, path: ./shelf } }
  recipients: [{ role: finance, channel: shelf, address: books@example.com }]
smtp: { url: "smtp://127.0.0.1:${port}" }
`;
}
