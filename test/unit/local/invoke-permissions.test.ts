import { expect, test } from 'vitest';
import { readApiDefinition } from '../../../lib/local/api-gateway/api-definition.ts';
import { ApiRoutes } from '../../../lib/local/api-gateway/api-routes.ts';
import { InvokePermissions } from '../../../lib/local/api-gateway/invoke-permissions.ts';
import { Template } from '../../../lib/local/template.ts';

const arn = { 'Fn::GetAtt': ['Function', 'Arn'] };
const routesWith = (credentials: unknown, resources: Record<string, unknown>) => {
  const integration = {
    type: 'aws_proxy',
    uri: { 'Fn::Join': ['', ['arn:aws:apigateway:functions/', arn, '/invocations']] },
    ...(credentials ? { credentials } : {}),
  };
  const template = new Template(
    {
      Service: {
        Resources: {
          Function: { Type: 'AWS::Lambda::Function' },
          Other: { Type: 'AWS::Lambda::Function' },
          Api: {
            Type: 'AWS::ApiGateway::RestApi',
            Properties: {
              Body: { paths: { '/thing': { get: { 'x-amazon-apigateway-integration': integration } } } },
            },
          },
          ...resources,
        },
      },
    },
    new Map(),
    'http://localhost:4000',
  );
  return new ApiRoutes(readApiDefinition(template), new InvokePermissions(template));
};
const roleFor = (resource: unknown) => ({
  Role: {
    Type: 'AWS::IAM::Role',
    Properties: {
      Policies: [
        {
          PolicyDocument: {
            Statement: [{ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: resource }],
          },
        },
      ],
    },
  },
});
const role = { 'Fn::GetAtt': ['Role', 'Arn'] };
const permission = {
  Permission: {
    Type: 'AWS::Lambda::Permission',
    Properties: { FunctionName: arn, Principal: 'apigateway.amazonaws.com' },
  },
};

test.each([
  ['the role of the method may invoke it', role, roleFor([arn])],
  ['the method has no role, and the function allows API Gateway to invoke it', undefined, permission],
])('A function can be reached when %s', (_title, credentials, resources) => {
  expect(routesWith(credentials, resources).match('GET', '/thing')?.route.functionArn).toContain(
    ':function:',
  );
});

test.each([
  [
    'the role of the method may only invoke another function',
    role,
    roleFor([{ 'Fn::GetAtt': ['Other', 'Arn'] }]),
  ],
  [
    'the role of the method has no permission, although the function allows it',
    role,
    { ...roleFor([]), ...permission },
  ],
  ['there is neither role nor permission', undefined, {}],
])('The local stack does not start when %s', (_title, credentials, resources) => {
  expect(() => routesWith(credentials, resources)).toThrow(/may not invoke .*Function/);
});
