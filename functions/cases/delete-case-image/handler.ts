import { serve } from '../../../lib/http/serve.ts';
import { connect, handle } from '../../images/delete-image/handler.ts';
import { operation } from './operation.ts';

/** One rule for both doors: who may delete here may delete there. */
export const handler = serve(operation, handle, connect);
