import * as z from 'zod';
import { StartError } from '../start-error.ts';
import type { Template } from '../template.ts';

const strings = z.array(z.string()).default([]);

const CorsRule = z
  .object({
    AllowedOrigins: strings,
    AllowedMethods: strings,
    AllowedHeaders: strings,
    ExposedHeaders: strings,
    MaxAge: z.number().optional(),
  })
  .loose();

const Notification = z
  .object({
    Event: z.string(),
    Queue: z.string(),
    Filter: z
      .object({
        S3Key: z.object({ Rules: z.array(z.object({ Name: z.string(), Value: z.string() })) }).loose(),
      })
      .loose()
      .optional(),
  })
  .loose();

const LifecycleRule = z
  .object({
    Status: z.string(),
    Prefix: z.string().default(''),
    TagFilters: z.array(z.unknown()).default([]),
    ExpirationInDays: z.number().optional(),
    NoncurrentVersionExpiration: z.object({ NoncurrentDays: z.number() }).loose().optional(),
    AbortIncompleteMultipartUpload: z.object({ DaysAfterInitiation: z.number() }).optional(),
  })
  .loose();

const BucketProperties = z
  .object({
    CorsConfiguration: z.object({ CorsRules: z.array(CorsRule) }).default({ CorsRules: [] }),
    NotificationConfiguration: z
      .object({
        QueueConfigurations: z.array(Notification).default([]),
        LambdaConfigurations: z.array(z.unknown()).default([]),
      })
      .loose()
      .default({ QueueConfigurations: [], LambdaConfigurations: [] }),
    ObjectLockConfiguration: z
      .object({ Rule: z.object({ DefaultRetention: z.object({ Mode: z.string() }).loose() }).optional() })
      .loose()
      .optional(),
    VersioningConfiguration: z.object({ Status: z.string() }).optional(),
    LifecycleConfiguration: z
      .object({ Rules: z.array(LifecycleRule) })
      .loose()
      .default({ Rules: [] }),
  })
  .loose();

/** A bucket as the template declares it. */
export interface BucketDefinition {
  name: string;
  arn: string;
  corsRules: z.infer<typeof CorsRule>[];
  /** The queues that receive an event, such as `ObjectCreated:Put`, for a key. */
  queuesFor(eventName: string, key: string): string[];
  lifecycleRules: z.infer<typeof LifecycleRule>[];
  /** Whether each object is locked from its creation on (S3 Object Lock). */
  isLocked: boolean;
  isVersioned: boolean;
}

export function loadBuckets(template: Template): Map<string, BucketDefinition> {
  const buckets = template.ofType('AWS::S3::Bucket').map((resource): BucketDefinition => {
    const properties = template.properties(resource, BucketProperties);
    const { QueueConfigurations, LambdaConfigurations } = properties.NotificationConfiguration;
    if (LambdaConfigurations.length > 0) {
      throw new StartError(
        `The bucket ${resource.logicalId} notifies a function directly; the local stack knows queues only.`,
      );
    }
    return {
      name: template.physicalName(resource),
      arn: template.arn(resource),
      corsRules: properties.CorsConfiguration.CorsRules,
      lifecycleRules: properties.LifecycleConfiguration.Rules.filter(
        (rule) => rule.Status === 'Enabled' && rule.TagFilters.length === 0,
      ),
      isVersioned: properties.VersioningConfiguration?.Status === 'Enabled',
      isLocked: properties.ObjectLockConfiguration?.Rule !== undefined,
      queuesFor: (eventName, key) =>
        QueueConfigurations.filter(({ Event, Filter }) => {
          const matches = Event.endsWith('*')
            ? `s3:${eventName}`.startsWith(Event.slice(0, -1))
            : `s3:${eventName}` === Event;
          const rules = Filter?.S3Key.Rules ?? [];
          return (
            matches &&
            rules.every(({ Name, Value }) =>
              Name.toLowerCase() === 'prefix' ? key.startsWith(Value) : key.endsWith(Value),
            )
          );
        }).map(({ Queue }) => Queue),
    };
  });
  return new Map(buckets.map((bucket) => [bucket.name, bucket]));
}
