// npm run audit:verify: proves that nobody changed the audit log. With AUDIT_TABLE_NAME and AUDIT_BUCKET_NAME (outputs of the
// stack) and AWS credentials; without them, of the local stack that runs here.
import { paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { paginateScan } from '@aws-sdk/lib-dynamodb';
import { connectTable } from '../lib/data/table.ts';
import { AUDIT_CHAIN } from '../lib/storage/object-keys.ts';
import { Objects } from '../lib/storage/objects.ts';
import { connectS3 } from '../lib/storage/s3-client.ts';
import { verifyAudit } from '../lib/storage/verify-audit.ts';

const { AUDIT_TABLE_NAME = '', AUDIT_BUCKET_NAME = '' } = process.env;
if (!AUDIT_TABLE_NAME || !AUDIT_BUCKET_NAME) {
  console.error(
    'Set AUDIT_TABLE_NAME and AUDIT_BUCKET_NAME (outputs of the stack), or start the local stack first.',
  );
  process.exit(2);
}

const objects = new Objects(AUDIT_BUCKET_NAME);

async function* links() {
  const client = connectS3();
  const keys: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client },
    { Bucket: AUDIT_BUCKET_NAME, Prefix: AUDIT_CHAIN },
  )) {
    keys.push(...Contents.flatMap(({ Key }) => Key ?? []));
  }
  // The numbers in their keys descend.
  for (const key of keys.reverse()) yield (await objects.read(key)) ?? new Uint8Array();
}

/** Uses a Scan, because it needs every item. */
async function* items() {
  const { client, name: TableName } = connectTable(AUDIT_TABLE_NAME);
  for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true }))
    yield* Items;
}

const archive = { links: links(), segment: (key: string) => objects.read(key) };
const { faults, ...counts } = await verifyAudit(archive, items(), new Date());
console.log(`${counts.links} links, ${counts.events} sealed events, ${counts.unsealed} items not sealed yet`);
if (counts.unended > 0) console.log(`${counts.unended} events were opened and have no end`);
for (const fault of faults) console.error(fault);
console.log(faults.length === 0 ? 'Nothing was changed.' : `${faults.length} faults.`);
process.exit(faults.length === 0 ? 0 : 1);
