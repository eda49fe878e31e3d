/** Takes the write lock of a ledger and holds it until its input ends. */

import Sqlite from 'better-sqlite3';

const db = new Sqlite(process.argv[2]);
db.exec('BEGIN IMMEDIATE');
process.stdout.write('"locked"\n');
process.stdin.resume();
process.stdin.on('end', () => {
  db.exec('ROLLBACK');
  db.close();
});
