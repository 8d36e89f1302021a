// Apart from the programs, which are loaded only if they are asked for: they bring the AWS SDK.

export const auditUsage = `audit verify
  Compares the audit log with its hash chain, all of it: see docs/cli.md.`;

export const reconcileUsage = `reconcile [--dry-run] [--retry-failed] [--delete-orphans] [--days 7]
  Compares the table, the bucket and the audit log, and repairs what is safe to repair: see docs/reconcile.md.
  --dry-run           only report
  --retry-failed      check the uploads again that could not be checked, or that wait for their next attempt
  --delete-orphans    delete objects without a record
  --days              days of the audit log to examine`;

export const gatewayUsage = `gateway <settings.json>
  Receives DICOM from the devices of the clinic, and sends it to the service: see docs/gateway.md.
  NEGATOSCOPE_API_KEY, NEGATOSCOPE_TOKEN or the file apiKeyFile has the credential.`;
