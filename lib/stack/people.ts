import {
  CfnUserPoolGroup,
  ManagedLoginVersion,
  Mfa,
  StringAttribute,
  UserPool,
  type UserPoolDomain,
  UserPoolEmail,
} from 'aws-cdk-lib/aws-cognito';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Aws, Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Permissions } from '../api/operation.ts';
import { GROUPS } from '../domain/access/roles.ts';
import { removalPolicy } from './removal-policy.ts';
import type { Settings } from './settings.ts';

const ACTIONS = {
  find: ['ListUsers', 'ListUsersInGroup', 'AdminListGroupsForUser'],
  add: ['AdminCreateUser', 'AdminGetUser', 'AdminAddUserToGroup'],
  change: [
    'AdminGetUser',
    'AdminAddUserToGroup',
    'AdminRemoveUserFromGroup',
    'AdminUpdateUserAttributes',
    'AdminEnableUser',
    'AdminDisableUser',
  ],
} as const;

/** The clinic's people: a user pool with a group for each role, and the domain where they sign in. */
export class People extends Construct {
  readonly pool: UserPool;
  readonly domain: UserPoolDomain;

  constructor(scope: Construct, id: string, stage: string, settings: Settings) {
    super(scope, id);
    const { keepData, mfa, emailSender } = settings;
    this.pool = new UserPool(this, 'Pool', {
      selfSignUpEnabled: false,
      // None of these four can be changed once the pool exists (Cognito developer guide, "Settings you can't change").
      signInAliases: { username: true, email: true },
      signInCaseSensitive: false,
      // Not required: a patient may have no address, or share one.
      standardAttributes: { email: { required: false, mutable: true } },
      customAttributes: { patient_id: new StringAttribute({ minLen: 1, maxLen: 64, mutable: true }) },
      mfa: Mfa[mfa],
      mfaSecondFactor: { sms: false, otp: true },
      ...(emailSender && {
        email: UserPoolEmail.withSES({
          fromEmail: emailSender.address,
          sesRegion: emailSender.region,
          sesVerifiedDomain: emailSender.address.split('@')[1] ?? '',
        }),
      }),
      passwordPolicy: {
        minLength: 12,
        requireDigits: true,
        requireLowercase: true,
        requireSymbols: true,
        requireUppercase: true,
        tempPasswordValidity: Duration.days(3),
      },
      deletionProtection: keepData,
      removalPolicy: removalPolicy(settings),
    });
    for (const groupName of Object.keys(GROUPS)) {
      new CfnUserPoolGroup(this, groupName, { userPoolId: this.pool.userPoolId, groupName });
    }
    this.domain = this.pool.addDomain('SignIn', {
      // The prefix must be unique in the region, so it contains the account's number.
      cognitoDomain: { domainPrefix: `negatoscope-${stage}-${Aws.ACCOUNT_ID}` },
      // The classic hosted UI ignores `prompt`: it would sign in whoever used this computer in the last hour.
      managedLoginVersion: ManagedLoginVersion.NEWER_MANAGED_LOGIN,
    });
  }

  /** What a function may do with the people of this pool. */
  statementFor(permissions: NonNullable<Permissions['people']>): PolicyStatement {
    const actions = new Set(permissions.flatMap((permission) => ACTIONS[permission]));
    return new PolicyStatement({
      actions: [...actions].map((action) => `cognito-idp:${action}`),
      resources: [this.pool.userPoolArn],
    });
  }
}
