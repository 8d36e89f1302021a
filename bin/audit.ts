import { parseArgs } from 'node:util';
import { paginateScan } from '@aws-sdk/lib-dynamodb';
import { CliError, EXIT } from '../lib/cli/cli-error.ts';
import { connectTable } from '../lib/data/dynamodb/table.ts';
import { AuditHeads } from '../lib/storage/audit-heads.ts';
import { AuditSegments } from '../lib/storage/audit-segments.ts';
import { verifyAudit } from '../lib/storage/verify-audit.ts';
import { USAGE } from './usage.ts';

/**
 * Verifies the whole audit log.
 *
 * @returns the exit code: `EXIT.done` if nobody changed the log
 */
export async function runAudit(args: readonly string[]): Promise<number> {
  readArguments(args);
  const { AUDIT_TABLE_NAME = '', AUDIT_BUCKET_NAME = '' } = process.env;
  if (!AUDIT_TABLE_NAME || !AUDIT_BUCKET_NAME) {
    const names = 'AUDIT_TABLE_NAME and AUDIT_BUCKET_NAME (outputs of the stack)';
    throw new CliError(`Set ${names}, or start the local stack first.`, EXIT.usage);
  }
  const segments = new AuditSegments(AUDIT_BUCKET_NAME);
  const heads = await new AuditHeads(AUDIT_BUCKET_NAME).list();
  const archive = {
    links: segments.links(1, await segments.newest()),
    segment: (key: string) => segments.segment(key),
  };
  const { faults, ...counts } = await verifyAudit(archive, itemsOf(AUDIT_TABLE_NAME), heads, new Date());
  console.log(
    `${counts.links} links, ${counts.events} sealed events, ${counts.unsealed} items not sealed yet`,
  );
  if (counts.unended > 0) console.log(`${counts.unended} events were opened and have no end`);
  for (const fault of faults) console.error(fault);
  console.log(faults.length === 0 ? 'Nothing was changed.' : `${faults.length} faults.`);
  return faults.length === 0 ? EXIT.done : EXIT.notAll;
}

function readArguments(args: readonly string[]): void {
  try {
    const { positionals } = parseArgs({ args: [...args], allowPositionals: true, options: {} });
    if (positionals.join(' ') !== 'verify') throw new Error('Expected audit verify.');
  } catch (error) {
    throw new CliError(`${error instanceof Error ? error.message : error}\n${USAGE.audit}`, EXIT.usage);
  }
}

/** Uses a Scan, because it needs every item. */
async function* itemsOf(table: string) {
  const { client, name: TableName } = connectTable(table);
  for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true }))
    yield* Items;
}
