import { expect, test } from 'vitest';
import { ApiRoutes } from '../../../lib/local/api-gateway/api-routes.ts';
import { Template } from '../../../lib/local/template.ts';

const arn = { 'Fn::GetAtt': ['Function', 'Arn'] };
const routesWith = (credentials: unknown, resources: Record<string, unknown>) =>
  new ApiRoutes(
    new Template(
      {
        Resources: {
          Function: { Type: 'AWS::Lambda::Function' },
          Other: { Type: 'AWS::Lambda::Function' },
          Api: { Type: 'AWS::ApiGateway::RestApi' },
          Path: {
            Type: 'AWS::ApiGateway::Resource',
            Properties: { RestApiId: { Ref: 'Api' }, ParentId: 'root', PathPart: 'thing' },
          },
          Method: {
            Type: 'AWS::ApiGateway::Method',
            Properties: {
              HttpMethod: 'GET',
              ResourceId: { Ref: 'Path' },
              Integration: {
                Type: 'AWS_PROXY',
                Uri: { 'Fn::Join': ['', ['arn:aws:apigateway:functions/', arn, '/invocations']] },
                ...(credentials ? { Credentials: credentials } : {}),
              },
            },
          },
          ...resources,
        },
      },
      new Map(),
      'http://localhost:4000',
    ),
  );
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
  expect(routesWith(credentials, resources).match('GET', '/thing')?.route.target.kind).toBe('function');
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
