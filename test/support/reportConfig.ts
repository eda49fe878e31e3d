/** Settings of a report with two recipients: a leader by mail, and finance in a folder. */

/** Lines to add to a config. The folder is next to the config file. */
export function mailAndFolderConfig(port: number): string {
  return `
report:
  from: audit@example.com
  to: [cfo@example.com]
  channels: { shelf: { kind: folder, path: ./shelf } }
  recipients: [{ role: finance, channel: shelf, address: books@example.com }]
smtp: { url: "smtp://127.0.0.1:${port}" }
`;
}
