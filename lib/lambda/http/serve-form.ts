import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { Form, Operation } from '../../api/operation.ts';
import type { LookupFor } from '../auth/require-live-key.ts';
import { idempotency } from '../middleware/idempotency.ts';
import type { Factories } from '../needs.ts';
import { type ReceivedFiles, readForm } from './form.ts';
import { callerOf, parseRequest, type Request } from './request.ts';
import { type Handle, serve } from './serve.ts';

type FormOperation = Operation & { form: Form };

/** A request whose body is a form: `body` has its fields, `files` its files. */
export type FormRequest<Op extends FormOperation> = Request<Op> & { files: ReceivedFiles };

/** The Lambda of an operation that accepts a form with files. Not part of `serve`, so that other bundles omit it. */
export const serveForm = <Op extends FormOperation, Deps>(
  operation: Op,
  handle: (request: FormRequest<Op>, deps: Deps) => ReturnType<Handle<Op, Deps>>,
  needs: Factories<NoInfer<Deps> & LookupFor<Op>>,
) =>
  serve(
    operation,
    (request, deps: Deps) => handle(request as FormRequest<Op>, deps),
    needs,
    readRequest,
    idempotency(operation),
  );

async function readRequest<Op extends FormOperation>(
  operation: Op,
  event: APIGatewayProxyEvent,
): Promise<FormRequest<Op>> {
  // Checks access before the body is parsed.
  if (operation.auth !== 'public') callerOf(event, operation);
  const { fields, files } = await readForm(event, operation.form);
  return { ...parseRequest(operation, event, () => fields), files };
}
