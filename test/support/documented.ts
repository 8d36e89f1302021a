import { operations } from '../../functions/operations.ts';
import { openApiDocument } from '../../lib/api/openapi.ts';
import type { Operation } from '../../lib/api/operation.ts';
import { relatedOf } from '../fixtures/dicom-uploads.ts';
import { formOf, type TestFile } from './service.ts';

interface Content {
  schema?: object;
  example?: unknown;
}

/** The API document's description of an operation. */
export interface Documented {
  description: string;
  security: Record<string, string[]>[];
  parameters: { name: string; in: 'path' | 'query'; required: boolean; schema: object; example?: unknown }[];
  requestBody?: { content: Record<string, Content> };
  responses: Record<string, { content?: Record<string, Content> }>;
}

const document = openApiDocument(operations);

export const documented = ({ path, method }: Operation): Documented =>
  document.paths[path]?.[method.toLowerCase()] as Documented;

/** The example parameters in the document, by name. */
export const exampleParameters = (operation: Operation, place: 'path' | 'query'): Record<string, unknown> =>
  Object.fromEntries(
    documented(operation)
      .parameters.filter((parameter) => parameter.in === place && parameter.example !== undefined)
      .map(({ name, example }) => [name, example]),
  );

/** The example body in the document, without the files of a form. */
export function exampleBody(operation: Operation): unknown {
  const { example } = Object.values(documented(operation).requestBody?.content ?? {})[0] ?? {};
  if (!operation.form) return example;
  const { [operation.form.file]: _files, ...fields } = example as Record<string, unknown>;
  return fields;
}

/** The example request in the document; a form gets this file. */
export function exampleRequest(operation: Operation, file: TestFile): { path: string; body: unknown } {
  const params = exampleParameters(operation, 'path');
  const query = new URLSearchParams(exampleParameters(operation, 'query') as Record<string, string>);
  const path = operation.path.replace(/\{(\w+)\}/g, (_match, name: string) => String(params[name]));
  const body = exampleBody(operation);
  const { form, related } = operation;
  return {
    path: query.size > 0 ? `${path}?${query}` : path,
    body: related
      ? relatedOf([file.bytes])
      : form
        ? formOf(body as Record<string, string | string[]>, { [form.file]: [file] })
        : body,
  };
}
