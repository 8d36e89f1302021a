import { openApiDocument } from '../../../lib/api/openapi.ts';
import { serve } from '../../../lib/http/serve.ts';
import { operations } from '../../operations.ts';
import { operation } from './operation.ts';

export const handle = (_request: unknown, document: ReturnType<typeof openApiDocument>) => document;

export const handler = serve(operation, handle, () => openApiDocument(operations));
