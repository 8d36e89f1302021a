import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminGetUserCommand,
  CognitoIdentityProviderClient,
  ListUsersInGroupCommand,
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider';
import { CliError } from '../cli/cli-error.ts';
import { stackNames } from '../stack/stack-names.ts';

const GROUP = 'admins';

/**
 * Creates the first admin of a stage, and has Cognito send an invitation. Later ones are made by people who may.
 *
 * @returns the name of the user: Cognito takes no address as such, since an address is an alias
 * @throws CliError if there is an admin already, or no stack
 */
export async function createFirstAdmin(stage: string, email: string): Promise<string> {
  const UserPoolId = await outputOf(stackNames(stage).data, 'UserPoolId');
  const client = new CognitoIdentityProviderClient();
  const { Users = [] } = await client.send(
    new ListUsersInGroupCommand({ UserPoolId, GroupName: GROUP, Limit: 1 }),
  );
  if (Users.length > 0) throw new CliError(`There is an admin already: ${Users[0]?.Username}.`);
  const Username = email.split('@')[0] ?? email;
  try {
    await client.send(
      new AdminCreateUserCommand({
        UserPoolId,
        Username,
        DesiredDeliveryMediums: ['EMAIL'],
        UserAttributes: [
          { Name: 'email', Value: email },
          // Only a verified address is an alias to sign in with.
          { Name: 'email_verified', Value: 'true' },
        ],
      }),
    );
  } catch (error) {
    if (!(error instanceof UsernameExistsException)) throw error;
    // An earlier run may have created the user, and failed before the group.
    const { UserAttributes = [] } = await client.send(new AdminGetUserCommand({ UserPoolId, Username }));
    if (!UserAttributes.some(({ Name, Value }) => Name === 'email' && Value === email))
      throw new CliError(
        `${Username} is somebody with another address: use an address that begins otherwise.`,
      );
  }
  await client.send(new AdminAddUserToGroupCommand({ UserPoolId, Username, GroupName: GROUP }));
  return Username;
}

async function outputOf(StackName: string, name: string): Promise<string> {
  const { Stacks = [] } = await new CloudFormationClient().send(new DescribeStacksCommand({ StackName }));
  const value = Stacks[0]?.Outputs?.find(({ OutputKey }) => OutputKey === name)?.OutputValue;
  if (value === undefined) throw new CliError(`The stack ${StackName} has no output ${name} yet.`);
  return value;
}
