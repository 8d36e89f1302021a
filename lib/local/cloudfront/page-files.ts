import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { StartError } from '../start-error.ts';
import type { Template } from '../template.ts';

/** A file of the page. */
export interface PageFile {
  bytes: Buffer;
  type: string;
  etag: string;
  cacheControl: string | undefined;
}
export type PageFiles = ReadonlyMap<string, PageFile>;

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};

const DeploymentProperties = z
  .object({
    SourceObjectKeys: z.array(z.string()),
    SourceMarkers: z.array(z.record(z.string(), z.string())).default([]),
    SystemMetadata: z.object({ 'cache-control': z.string().optional() }).loose().default({}),
  })
  .loose();

/**
 * The files that the template's deployments write to the bucket, by path. `bucket` is the origin's domain name as in
 * the template.
 */
export function pageFilesOf(template: Template, bucket: unknown): PageFiles {
  const files = new Map<string, PageFile>();
  for (const deployment of template.ofType('Custom::CDKBucketDeployment')) {
    const { DestinationBucketName } = deployment.properties;
    const name = z.object({ Ref: z.string() }).safeParse(DestinationBucketName).data?.Ref;
    if (name === undefined || !JSON.stringify(bucket).includes(JSON.stringify(name))) continue;
    const { SourceObjectKeys, SourceMarkers, SystemMetadata } = template.properties(
      deployment,
      DeploymentProperties,
    );
    for (const [index, key] of SourceObjectKeys.entries()) {
      const folder = template.assetPath(key);
      if (!folder) throw new StartError(`The files of the page are missing: expected the asset ${key}.`);
      for (const [file, bytes] of readAll(folder)) {
        const filled = fill(bytes, SourceMarkers[index] ?? {});
        files.set(`/${file}`, {
          bytes: filled,
          type: TYPES[path.extname(file)] ?? 'application/octet-stream',
          etag: `"${createHash('sha256').update(filled).digest('hex').slice(0, 32)}"`,
          cacheControl: SystemMetadata['cache-control'],
        });
      }
    }
  }
  return files;
}

function* readAll(folder: string): Generator<[file: string, bytes: Buffer]> {
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const absolute = path.join(folder, file);
    if (statSync(absolute).isFile()) yield [file.split(path.sep).join('/'), readFileSync(absolute)];
  }
}

/** Replaces markers by values that are known only after the deployment. In the cloud, CDK's function does this. */
function fill(bytes: Buffer, markers: Record<string, string>): Buffer {
  if (Object.keys(markers).length === 0) return bytes;
  const text = Object.entries(markers).reduce(
    (filled, [marker, value]) => filled.replaceAll(marker, value),
    bytes.toString('utf8'),
  );
  return Buffer.from(text);
}
