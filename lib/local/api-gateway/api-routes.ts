import * as z from 'zod';
import { StartError } from '../start-error.ts';
import type { Template } from '../template.ts';
import { InvokePermissions } from './invoke-permissions.ts';

/** The integration of a method with its function. */
export interface Route {
  httpMethod: string;
  resourcePath: string;
  authorizerId: string | undefined;
  target:
    | { kind: 'function'; arn: string; streaming: boolean }
    | { kind: 'mock'; headers: Record<string, string>; statusCode: number };
  timeoutMs: number;
}

/** The matching route of a request, with the path parameters as API Gateway decodes them. */
export interface RouteMatch {
  route: Route;
  pathParameters: Record<string, string>;
}

interface Node {
  children: Map<string, Node>;
  parameter?: { name: string; node: Node };
  greedy?: { name: string; methods: Map<string, Route> };
  methods: Map<string, Route>;
}

const ResourceProperties = z
  .object({ ParentId: z.string(), PathPart: z.string(), RestApiId: z.string() })
  .loose();
const MethodProperties = z
  .object({
    HttpMethod: z.string(),
    ResourceId: z.string(),
    AuthorizationType: z.enum(['CUSTOM', 'NONE']).default('NONE'),
    AuthorizerId: z.string().optional(),
    Integration: z
      .object({
        Type: z.enum(['AWS_PROXY', 'MOCK']),
        Uri: z.string().optional(),
        Credentials: z.string().optional(),
        ResponseTransferMode: z.enum(['STREAM', 'BUFFERED']).default('BUFFERED'),
        TimeoutInMillis: z.number().default(29_000),
        IntegrationResponses: z
          .array(
            z
              .object({
                StatusCode: z.string(),
                ResponseParameters: z.record(z.string(), z.string()).default({}),
              })
              .loose(),
          )
          .default([]),
      })
      .loose(),
  })
  .loose();

/** The API's routes with API Gateway's precedence: a literal segment before `{param}`, `{proxy+}` last. */
export class ApiRoutes {
  readonly #root: Node = newNode();

  constructor(template: Template) {
    const parents = new Map(
      template
        .ofType('AWS::ApiGateway::Resource')
        .map((resource) => [resource.logicalId, template.properties(resource, ResourceProperties)]),
    );
    const pathOf = (resourceId: string): string[] => {
      const resource = parents.get(resourceId);
      return resource ? [...pathOf(resource.ParentId), resource.PathPart] : [];
    };
    const rights = new InvokePermissions(template);
    for (const method of template.ofType('AWS::ApiGateway::Method')) {
      const properties = template.properties(method, MethodProperties);
      const parts = pathOf(properties.ResourceId);
      const { Integration: integration } = properties;
      const authorizerId = properties.AuthorizationType === 'CUSTOM' ? properties.AuthorizerId : undefined;
      if (properties.AuthorizationType === 'CUSTOM' && !authorizerId) {
        throw new StartError(`The method ${method.logicalId} asks for an authorizer but names none.`);
      }
      const arn = /functions\/(arn:[^/]+)\//.exec(integration.Uri ?? '')?.[1];
      if (integration.Type === 'AWS_PROXY' && !arn) {
        throw new StartError(`The method ${method.logicalId} names no function in its integration's Uri.`);
      }
      if (arn && !rights.allow(arn, integration.Credentials)) {
        throw new StartError(
          `API Gateway may not invoke ${arn}, which the method ${method.logicalId} calls.`,
        );
      }
      const mock = integration.IntegrationResponses[0];
      this.#add(parts, {
        httpMethod: properties.HttpMethod,
        resourcePath: `/${parts.join('/')}`,
        authorizerId,
        target: arn
          ? { kind: 'function', arn, streaming: integration.ResponseTransferMode === 'STREAM' }
          : {
              kind: 'mock',
              statusCode: Number(mock?.StatusCode ?? 200),
              headers: literalHeaders(mock?.ResponseParameters ?? {}, 'method.response.header.'),
            },
        timeoutMs: integration.TimeoutInMillis,
      });
    }
  }

  /** Finds the route of a raw path (percent-encoded, without a trailing slash). */
  match(httpMethod: string, rawPath: string): RouteMatch | undefined {
    const segments = rawPath === '/' ? [] : rawPath.slice(1).split('/');
    return this.#match(this.#root, segments, httpMethod, {});
  }

  #match(
    node: Node,
    segments: string[],
    httpMethod: string,
    found: Record<string, string>,
  ): RouteMatch | undefined {
    const [segment, ...rest] = segments;
    if (segment === undefined) return pick(node.methods, httpMethod, found);
    const literal = node.children.get(segment);
    const byLiteral = literal && this.#match(literal, rest, httpMethod, found);
    if (byLiteral) return byLiteral;
    const { parameter, greedy } = node;
    const byParameter =
      parameter && segment !== ''
        ? this.#match(parameter.node, rest, httpMethod, {
            ...found,
            [parameter.name]: decodeURIComponent(segment),
          })
        : undefined;
    if (byParameter) return byParameter;
    return (
      greedy &&
      pick(greedy.methods, httpMethod, {
        ...found,
        [greedy.name]: segments.map(decodeURIComponent).join('/'),
      })
    );
  }

  #add(parts: string[], route: Route) {
    let node = this.#root;
    for (const part of parts) {
      const name = /^\{(.+?)\+?\}$/.exec(part)?.[1];
      if (!name) {
        const child = node.children.get(part) ?? newNode();
        node.children.set(part, child);
        node = child;
      } else if (part.endsWith('+}')) {
        node.greedy ??= { name, methods: new Map() };
        node.greedy.methods.set(route.httpMethod, route);
        return;
      } else {
        node.parameter ??= { name, node: newNode() };
        if (node.parameter.name !== name) {
          throw new StartError(
            `The API has both {${node.parameter.name}} and {${name}} in one place (${parts.join('/')}).`,
          );
        }
        node = node.parameter.node;
      }
    }
    node.methods.set(route.httpMethod, route);
  }
}

/** The headers that a template sets to literal values: `'value'` in single quotes. */
export function literalHeaders(parameters: Record<string, string>, prefix: string): Record<string, string> {
  const entries = Object.entries(parameters).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(
    entries.map(([name, value]) => [name.slice(prefix.length), value.replaceAll(/^'|'$/g, '')]),
  );
}

function newNode(): Node {
  return { children: new Map(), methods: new Map() };
}

function pick(
  methods: Map<string, Route>,
  httpMethod: string,
  pathParameters: Record<string, string>,
): RouteMatch | undefined {
  const route = methods.get(httpMethod) ?? methods.get('ANY');
  return route && { route, pathParameters };
}
