import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import type { Principals } from '../iam/principals.ts';
import { verifySignature } from '../iam/sigv4.ts';
import { readBody } from '../request-body.ts';
import type { Template } from '../template.ts';
import type { User, UserPool } from './user-pool.ts';

const requestLimitBytes = 1024 * 1024;

const Attributes = z.array(z.object({ Name: z.string(), Value: z.string() })).default([]);

const Input = z.object({
  UserPoolId: z.string(),
  Username: z.string().default(''),
  GroupName: z.string().default(''),
  UserAttributes: Attributes,
  Limit: z.int().min(0).max(60).default(60),
  PaginationToken: z.string().optional(),
  NextToken: z.string().optional(),
  Filter: z
    .string()
    .regex(/^sub = "[^"]*"$/)
    .optional(),
});
type Input = z.infer<typeof Input>;

/** An error of Cognito, with the name that the SDK expects. */
class CognitoError extends Error {}

/** The user pool under `/local/cognito` in Cognito's JSON protocol, for callers with the permission; only the operations that the service needs. */
export class CognitoApi {
  readonly #pool: UserPool;
  readonly #principals: Principals;
  readonly #arn: string;
  readonly #id: string;
  readonly #groups: readonly string[];
  readonly #actions: Record<string, (input: Input) => object>;

  constructor(template: Template, pool: UserPool, principals: Principals) {
    this.#pool = pool;
    this.#principals = principals;
    const [resource] = template.ofType('AWS::Cognito::UserPool');
    this.#arn = resource ? template.arn(resource) : '';
    this.#id = this.#arn.split('/').at(-1) ?? '';
    const Group = z.object({ GroupName: z.string() });
    this.#groups = template
      .ofType('AWS::Cognito::UserPoolGroup')
      .map((group) => template.properties(group, Group).GroupName);
    this.#actions = {
      ListUsers: (input) => this.#listUsers(input),
      ListUsersInGroup: (input) => this.#listUsersInGroup(input),
      AdminListGroupsForUser: ({ Username }) => ({
        Groups: this.#user(Username).groups.map((GroupName) => ({ GroupName })),
      }),
      AdminGetUser: ({ Username }) => {
        const { Attributes: UserAttributes, ...user } = described(this.#user(Username));
        return { ...user, UserAttributes };
      },
      AdminCreateUser: (input) => this.#create(input),
      AdminUpdateUserAttributes: ({ Username, UserAttributes }) => {
        const { attributes } = this.#user(Username);
        pool.change(Username, { attributes: { ...attributes, ...textsOf(UserAttributes) } });
        return {};
      },
      AdminAddUserToGroup: (input) => this.#changeGroups(input, (groups, group) => groups.add(group)),
      AdminRemoveUserFromGroup: (input) => this.#changeGroups(input, (groups, group) => groups.delete(group)),
      AdminEnableUser: ({ Username }) => this.#setEnabled(Username, true),
      AdminDisableUser: ({ Username }) => this.#setEnabled(Username, false),
    };
  }

  async handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const body = await readBody(request, requestLimitBytes);
    try {
      answer(response, 200, this.#run(request, url, body));
    } catch (error) {
      if (!(error instanceof CognitoError)) throw error;
      answer(response, 400, { __type: error.message, message: error.message });
    }
  }

  #run(request: IncomingMessage, url: URL, body: Buffer | undefined): object {
    if (!body) throw new CognitoError('InvalidParameterException');
    const signer = this.#signerOf(request, url, body);
    const action = String(request.headers['x-amz-target'] ?? '').split('.')[1] ?? '';
    const run = this.#actions[action];
    const input = Input.safeParse(JSON.parse(body.toString('utf8')));
    if (!run || !input.success) throw new CognitoError('InvalidParameterException');
    if (!this.#principals.may(signer, { action: `cognito-idp:${action}`, resource: this.#arn }))
      throw new CognitoError('AccessDeniedException');
    if (input.data.UserPoolId !== this.#id) throw new CognitoError('ResourceNotFoundException');
    return run(input.data);
  }

  #signerOf(request: IncomingMessage, url: URL, body: Buffer): string {
    const digest = createHash('sha256').update(body).digest('hex');
    if (request.headers['x-amz-content-sha256'] !== digest)
      throw new CognitoError('InvalidSignatureException');
    try {
      return verifySignature(request, url, this.#principals, 'cognito-idp');
    } catch {
      throw new CognitoError('InvalidSignatureException');
    }
  }

  #user(username: string): User {
    const user = this.#pool.get(username);
    if (!user) throw new CognitoError('UserNotFoundException');
    return user;
  }

  #listUsers({ Filter, Limit, PaginationToken }: Input): object {
    const subject = Filter?.split('"')[1];
    const all = this.#pool.list(Number(PaginationToken ?? 0));
    const { Users, next } = page(
      subject === undefined ? all : all.filter(({ attributes }) => attributes.sub === subject),
      Limit,
    );
    return { Users, PaginationToken: next };
  }

  #listUsersInGroup({ GroupName, Limit, NextToken }: Input): object {
    this.#requireGroup(GroupName);
    const members = this.#pool
      .list(Number(NextToken ?? 0))
      .filter(({ groups }) => groups.includes(GroupName));
    const { Users, next } = page(members, Limit);
    return { Users, NextToken: next };
  }

  #create({ Username, UserAttributes }: Input): object {
    const attributes = { sub: randomUUID(), ...textsOf(UserAttributes) };
    if (this.#pool.get(Username)) throw new CognitoError('UsernameExistsException');
    // An address is an alias to sign in with, without regard to case.
    const address = textsOf(UserAttributes).email?.toLowerCase();
    const isTaken = this.#pool.list().some((user) => user.attributes.email?.toLowerCase() === address);
    if (address !== undefined && isTaken) throw new CognitoError('AliasExistsException');
    this.#pool.add(Username, attributes);
    return { User: described(this.#user(Username)) };
  }

  #changeGroups(
    { Username, GroupName }: Input,
    change: (groups: Set<string>, group: string) => void,
  ): object {
    this.#requireGroup(GroupName);
    const groups = new Set(this.#user(Username).groups);
    change(groups, GroupName);
    this.#pool.change(Username, { groups: [...groups] });
    return {};
  }

  #setEnabled(username: string, enabled: boolean): object {
    this.#user(username);
    this.#pool.change(username, { enabled });
    return {};
  }

  #requireGroup(name: string): void {
    if (!this.#groups.includes(name)) throw new CognitoError('ResourceNotFoundException');
  }
}

const textsOf = (attributes: z.infer<typeof Attributes>): Record<string, string> =>
  Object.fromEntries(attributes.map(({ Name, Value }) => [Name, Value]));

/** The first users, and where the others begin. */
function page(users: readonly User[], limit: number) {
  const shown = users.slice(0, limit);
  const last = shown.at(-1);
  return {
    Users: shown.map(described),
    next: last && users.length > shown.length ? String(last.rowid) : undefined,
  };
}

/** A user as Cognito describes it (API reference, UserType); times in seconds. */
const described = ({ username, attributes, enabled, status, created_at, changed_at }: User) => ({
  Username: username,
  Attributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
  Enabled: enabled,
  UserStatus: status,
  UserCreateDate: created_at / 1000,
  UserLastModifiedDate: changed_at / 1000,
});

function answer(response: ServerResponse, statusCode: number, value: object) {
  response.writeHead(statusCode, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(value));
}
