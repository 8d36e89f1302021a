import { createHmac } from 'node:crypto';

/** Replaces CloudFormation's references to Secrets Manager by secrets derived from that of the data directory. */
export const resolveSecrets = (text: string, secret: Buffer): string =>
  text.replaceAll(/\{\{resolve:secretsmanager:[^}]+\}\}/g, (reference) =>
    createHmac('sha256', secret).update(reference).digest('base64url'),
  );
