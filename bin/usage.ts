import { DEFAULT_STAGE } from '../lib/deployment/read-settings.ts';

/** How each program is called. Apart from the programs, which are loaded only if they are asked for: they bring the AWS SDK. */
export const USAGE = {
  'sign-in': `sign-in --url https://images.clinic.example [--device]
  Signs a person in for the commands that follow, by the browser of this computer: see docs/cli.md.
  --device            by the browser of any device, if the issuer offers that (Cognito does not)
  A program has NEGATOSCOPE_API_KEY, NEGATOSCOPE_TOKEN, or NEGATOSCOPE_CLIENT_ID and NEGATOSCOPE_CLIENT_SECRET instead.`,
  'sign-out': 'sign-out --url https://images.clinic.example',
  reconcile: `reconcile [--dry-run] [--retry-failed] [--delete-orphans] [--days 7]
  Compares the table, the bucket and the audit log, and repairs what is safe to repair: see docs/reconcile.md.
  --dry-run           only report
  --retry-failed      check the uploads again that could not be checked, or that wait for their next attempt
  --delete-orphans    delete objects without a record
  --days              days of the audit log to examine`,
  restore: `restore --from <table> [--at <time>] [--apply] [--only-missing] [--units 500] [--stage ${DEFAULT_STAGE}]
  After a loss, makes the data of a table that DynamoDB restored those of the service again: see docs/restore.md.
  --at                the time of its data, unless DynamoDB has noted it
  --apply             do it; without it, only say what would be done
  --only-missing      also if the table of the service has items, which stay as they are
  --units             write units of DynamoDB a second`,
  audit: `audit verify
  Compares the audit log with its hash chain, all of it: see docs/cli.md.`,
  gateway: `gateway <settings.json>
  Receives DICOM from the devices of the clinic, and sends it to the service: see docs/gateway.md.
  NEGATOSCOPE_API_KEY, NEGATOSCOPE_TOKEN or the file apiKeyFile has the credential.`,
  preflight: `preflight [--stage ${DEFAULT_STAGE}]
  Checks whether the AWS account of the environment's credentials can have the service: see docs/deploy.md.`,
  'first-admin': `first-admin --email you@clinic.example [--stage ${DEFAULT_STAGE}]
  Invites the first admin of a new deployment: see docs/deploy.md.`,
  smoke: `smoke --url https://images.clinic.example      (NEGATOSCOPE_TOKEN: that of an admin)
  Sends a photograph and a DICOM file through the whole service, prints the times, and erases them.`,
  redrive: `redrive [<function>] [--stage ${DEFAULT_STAGE}]
  Lists the functions with dead letters, or sends those of one back: see docs/runbook.md.`,
};
