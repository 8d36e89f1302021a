import * as z from 'zod';
import { decide, type Statement, statementsOfRole } from '../iam/iam.ts';
import type { Template } from '../template.ts';

const PermissionProperties = z.object({ FunctionName: z.string(), Principal: z.string() }).loose();

/**
 * Which functions API Gateway may invoke: by the policies of the method's role, else by the functions' own permissions.
 */
export class InvokePermissions {
  readonly #template: Template;
  readonly #open: ReadonlySet<string>;
  readonly #statements = new Map<string, Statement[]>();

  constructor(template: Template) {
    this.#template = template;
    this.#open = new Set(
      template
        .ofType('AWS::Lambda::Permission')
        .map((permission) => template.properties(permission, PermissionProperties))
        .filter(({ Principal: principal }) => principal === 'apigateway.amazonaws.com')
        .map(({ FunctionName: functionArn }) => functionArn),
    );
  }

  allow(functionArn: string, roleArn: string | undefined): boolean {
    if (roleArn === undefined) return this.#open.has(functionArn);
    const statements = this.#statements.get(roleArn) ?? statementsOfRole(this.#template, roleArn);
    this.#statements.set(roleArn, statements);
    return decide(statements, { action: 'lambda:InvokeFunction', resource: functionArn }) === 'allowed';
  }
}
