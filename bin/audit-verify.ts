// npm run audit:verify: proves that nobody changed the audit log. With AUDIT_TABLE_NAME and AUDIT_BUCKET_NAME (outputs of the
// stack) and AWS credentials; without them, of the local stack that runs here.
import { paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { paginateScan } from '@aws-sdk/lib-dynamodb';
import { connectTable } from '../lib/data/table.ts';
import { AUDIT } from '../lib/storage/object-keys.ts';
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

async function* segments() {
  const client = connectS3();
  const keys: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client },
    { Bucket: AUDIT_BUCKET_NAME, Prefix: AUDIT },
  )) {
    keys.push(...Contents.flatMap(({ Key }) => Key ?? []));
  }
  const objects = new Objects(AUDIT_BUCKET_NAME);
  // The numbers in their keys descend.
  for (const key of keys.reverse()) yield (await objects.read(key)) ?? new Uint8Array();
}

/** Uses a Scan, because it needs every item. */
async function* events() {
  const { client, name: TableName } = connectTable(AUDIT_TABLE_NAME);
  for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true }))
    yield* Items;
}

const { faults, ...counts } = await verifyAudit(segments(), events(), new Date());
console.log(`${counts.segments} segments, ${counts.events} sealed events, ${counts.unsealed} not sealed yet`);
for (const fault of faults) console.error(fault);
console.log(faults.length === 0 ? 'Nothing was changed.' : `${faults.length} faults.`);
process.exit(faults.length === 0 ? 0 : 1);
