import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminGetUserCommand,
  AdminListGroupsForUserCommand,
  AdminRemoveUserFromGroupCommand,
  AdminUpdateUserAttributesCommand,
  AliasExistsException,
  CognitoIdentityProviderClient,
  LimitExceededException,
  ListUsersCommand,
  ListUsersInGroupCommand,
  UserNotFoundException,
  UsernameExistsException,
  type UserType,
} from '@aws-sdk/client-cognito-identity-provider';
import { GROUPS, type PersonRole, roleOfGroups } from '../../domain/access/roles.ts';
import { DomainError } from '../../domain/errors.ts';
import type { NewPerson, Person } from '../../domain/people/person.ts';
import type { Page, PageRequest } from '../dynamodb/page.ts';

/** The most that Cognito returns at once (API reference, ListUsers). */
const LISTED = 60;

type Group = keyof typeof GROUPS;
const groupOf = (role: PersonRole) =>
  (Object.keys(GROUPS) as Group[]).find((group) => GROUPS[group] === role) as Group;

/** The people in the Cognito user pool of the stack. Of their groups, only those of roles are read and changed. */
export class UserPool {
  readonly #id: string | undefined;
  readonly #client: CognitoIdentityProviderClient;

  /** @param id none if the clinic has an issuer of its own: then each call is refused */
  constructor(id: string | undefined, client = new CognitoIdentityProviderClient()) {
    this.#id = id;
    this.#client = client;
  }

  get #UserPoolId(): string {
    if (this.#id !== undefined) return this.#id;
    throw new DomainError('CONFLICT', 'People are kept in the clinic’s own directory, and changed there.');
  }

  /** Lists one page of the people; those of one role by its group. */
  async list({
    limit,
    cursor,
    role,
  }: PageRequest & { role?: PersonRole | undefined }): Promise<Page<Person>> {
    const UserPoolId = this.#UserPoolId;
    const Limit = Math.min(limit, LISTED);
    const token = cursor && Buffer.from(cursor, 'base64url').toString();
    const { Users = [], next } =
      role === undefined
        ? await this.#client
            .send(new ListUsersCommand({ UserPoolId, Limit, PaginationToken: token }))
            .then(({ Users, PaginationToken }) => ({ Users, next: PaginationToken }))
        : await this.#client
            .send(
              new ListUsersInGroupCommand({ UserPoolId, Limit, NextToken: token, GroupName: groupOf(role) }),
            )
            .then(({ Users, NextToken }) => ({ Users, next: NextToken }));
    const people = await Promise.all(Users.map((user) => this.#withRole(user)));
    return {
      // Somebody may be in several groups, of which the most powerful counts.
      items: people.filter((person) => role === undefined || person.role === role),
      next: next === undefined ? null : Buffer.from(next).toString('base64url'),
    };
  }

  /** Returns a person by the `sub` of the person's tokens. */
  async get(subject: string): Promise<Person | undefined> {
    const { Users = [] } = await this.#client.send(
      new ListUsersCommand({ UserPoolId: this.#UserPoolId, Filter: `sub = "${subject}"`, Limit: 1 }),
    );
    return Users[0] && this.#withRole(Users[0]);
  }

  /**
   * Adds a person, to whom Cognito sends an invitation. If an earlier attempt has added the same user name, it is completed.
   *
   * @throws DomainError CONFLICT if the address is somebody's, TOO_MANY_REQUESTS if Cognito sends no more mails today
   */
  async add({ username, name, email, patientId, role }: NewPerson): Promise<Person> {
    const UserPoolId = this.#UserPoolId;
    const attributes = { email, email_verified: 'true', name, 'custom:patient_id': patientId };
    const command = new AdminCreateUserCommand({
      UserPoolId,
      Username: username,
      DesiredDeliveryMediums: ['EMAIL'],
      UserAttributes: Object.entries(attributes).flatMap(([Name, Value]) => (Value ? [{ Name, Value }] : [])),
    });
    try {
      await this.#client.send(command);
    } catch (error) {
      if (error instanceof LimitExceededException)
        throw new DomainError('TOO_MANY_REQUESTS', 'No more invitations can be sent today.', {
          cause: error,
        });
      if (!(error instanceof UsernameExistsException || error instanceof AliasExistsException)) throw error;
      if (!(await this.#has(username)))
        throw new DomainError('CONFLICT', 'Somebody has this address already.', { cause: error });
    }
    await this.#client.send(
      new AdminAddUserToGroupCommand({ UserPoolId, Username: username, GroupName: groupOf(role) }),
    );
    return { ...(await this.#read(username)), role };
  }

  /** Gives the person this role and no other. In between the person has none, so that a failure leaves too few rights, not too many. */
  async setRole({ username: Username }: Person, role: PersonRole): Promise<void> {
    const UserPoolId = this.#UserPoolId;
    const GroupName = groupOf(role);
    const groups = await this.#groupsOf(Username);
    for (const other of groups.filter((group) => group in GROUPS && group !== GroupName))
      await this.#client.send(
        new AdminRemoveUserFromGroupCommand({ UserPoolId, Username, GroupName: other }),
      );
    await this.#client.send(new AdminAddUserToGroupCommand({ UserPoolId, Username, GroupName }));
  }

  async setPatientId({ username: Username }: Person, patientId: string): Promise<void> {
    const UserAttributes = [{ Name: 'custom:patient_id', Value: patientId }];
    const UserPoolId = this.#UserPoolId;
    await this.#client.send(new AdminUpdateUserAttributesCommand({ UserPoolId, Username, UserAttributes }));
  }

  async setEnabled({ username: Username }: Person, isEnabled: boolean): Promise<void> {
    const user = { UserPoolId: this.#UserPoolId, Username };
    if (isEnabled) await this.#client.send(new AdminEnableUserCommand(user));
    else await this.#client.send(new AdminDisableUserCommand(user));
  }

  /** Reads a person again after a change. */
  async reread({ username }: Person): Promise<Person> {
    const [person, groups] = await Promise.all([this.#read(username), this.#groupsOf(username)]);
    return { ...person, role: roleOfGroups(groups) };
  }

  /** Whether somebody else is an admin who can sign in. */
  async hasOtherAdmin({ subject }: Person): Promise<boolean> {
    let cursor: string | undefined;
    do {
      const { items, next } = await this.list({ limit: LISTED, cursor, role: 'admin' });
      if (items.some((admin) => admin.isEnabled && admin.subject !== subject)) return true;
      cursor = next ?? undefined;
    } while (cursor !== undefined);
    return false;
  }

  async #has(username: string): Promise<boolean> {
    try {
      return (await this.#read(username)) !== undefined;
    } catch (error) {
      if (error instanceof UserNotFoundException) return false;
      throw error;
    }
  }

  /** Not by ListUsers, which may be some seconds behind a change. */
  async #read(Username: string): Promise<Person> {
    const user = await this.#client.send(new AdminGetUserCommand({ UserPoolId: this.#UserPoolId, Username }));
    return personOf({ ...user, Attributes: user.UserAttributes }, undefined);
  }

  async #withRole(user: UserType): Promise<Person> {
    return personOf(user, roleOfGroups(await this.#groupsOf(user.Username ?? '')));
  }

  /** All of them: a user pool of this service has four. */
  async #groupsOf(Username: string): Promise<string[]> {
    const { Groups = [] } = await this.#client.send(
      new AdminListGroupsForUserCommand({ UserPoolId: this.#UserPoolId, Username, Limit: LISTED }),
    );
    return Groups.flatMap(({ GroupName }) => GroupName ?? []);
  }
}

function personOf(user: UserType, role: PersonRole | undefined): Person {
  const attributes = new Map((user.Attributes ?? []).map(({ Name, Value }) => [Name, Value]));
  const { Username: username = '', UserCreateDate: createdAt, UserLastModifiedDate: changedAt } = user;
  return {
    subject: attributes.get('sub') ?? '',
    username,
    name: attributes.get('name'),
    email: attributes.get('email'),
    patientId: attributes.get('custom:patient_id'),
    role,
    isEnabled: user.Enabled ?? false,
    isInvited: user.UserStatus === 'FORCE_CHANGE_PASSWORD',
    createdAt: (createdAt ?? new Date(0)).toISOString(),
    changedAt: (changedAt ?? createdAt ?? new Date(0)).toISOString(),
  };
}
