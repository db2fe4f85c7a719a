/** Adds reports for as long as it lives and names each one that the outbox has taken. The test kills it. */
import { writeSync } from 'node:fs';
import { openAgentDatabase } from '../../../ven-agent/database.ts';
import { ReportOutbox } from '../../../ven-agent/reporting/outbox.ts';

const outbox = new ReportOutbox(openAgentDatabase(process.argv[2] ?? ''));
for (let i = 0; ; i++) {
  const name = `BESS_1/${process.pid}/${i}`;
  outbox.add(name, JSON.stringify({ reportName: name, filler: 'x'.repeat(1000) }), i);
  writeSync(1, `${name}\n`);
}
