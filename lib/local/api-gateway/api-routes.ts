import { StartError } from '../start-error.ts';
import { type ApiDefinition, functionArnIn } from './api-definition.ts';
import type { InvokePermissions } from './invoke-permissions.ts';

/** The integration of a method with its function. */
export interface Route {
  httpMethod: string;
  resourcePath: string;
  /** The name of the authorizer among the document's security schemes. */
  authorizer: string | undefined;
  /** Whether a request must have a key of a usage plan. */
  needsKey: boolean;
  functionArn: string;
  streams: boolean;
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

/** The API's routes with API Gateway's precedence: a literal segment before `{param}`, `{proxy+}` last. */
export class ApiRoutes {
  readonly #root: Node = newNode();

  constructor({ paths, components }: ApiDefinition, permissions: InvokePermissions) {
    const isAuthorizer = (name: string) =>
      components.securitySchemes[name]?.['x-amazon-apigateway-authorizer'] !== undefined;
    for (const [resourcePath, methods] of Object.entries(paths)) {
      const parts = resourcePath.split('/').filter(Boolean);
      for (const [name, method] of Object.entries(methods)) {
        const httpMethod = name === 'x-amazon-apigateway-any-method' ? 'ANY' : name.toUpperCase();
        const { uri, credentials, timeoutInMillis, responseTransferMode } =
          method['x-amazon-apigateway-integration'];
        const schemes = method.security.flatMap(Object.keys);
        const arn = functionArnIn(uri);
        const title = `${httpMethod} ${resourcePath}`;
        if (!arn) {
          throw new StartError(`The method ${title} names no function in its integration's URI.`);
        }
        if (!permissions.allow(arn, credentials)) {
          throw new StartError(`API Gateway may not invoke ${arn}, which the method ${title} calls.`);
        }
        this.#add(parts, {
          httpMethod,
          resourcePath,
          authorizer: schemes.find(isAuthorizer),
          needsKey: !schemes.every(isAuthorizer),
          functionArn: arn,
          streams: responseTransferMode === 'STREAM',
          timeoutMs: timeoutInMillis,
        });
      }
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
