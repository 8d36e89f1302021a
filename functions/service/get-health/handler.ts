import { serve } from '../../../lib/lambda/http/serve.ts';
import { operation } from './operation.ts';

export const handle = () => ({ status: 'ok' as const });

export const handler = serve(operation, handle, {});
