import { serve } from '../../../lib/lambda/http/serve.ts';
import { handle, needs } from '../../images/delete-image/handler.ts';
import { operation } from './operation.ts';

/** The same rule for both endpoints that delete images. */
export const handler = serve(operation, handle, needs);
