import english from '../messages/en.json' with { type: 'json' };
import { type MessageId, text } from '../messages/text.ts';

/** The ids of what the service says, by its English sentences. */
const SENTENCES = new Map(
  (Object.entries(english) as [MessageId, string][])
    .filter(([id]) => id.startsWith('service.'))
    .map(([id, sentence]) => [sentence, id]),
);

/** An error response of the service. */
export class ApiError extends Error {
  readonly status: number;
  readonly details: readonly string[];

  constructor(status: number, message: string, details: readonly string[] = []) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.details = details;
  }
}

/** Creates the error of a response whose status is not a success. */
export async function errorOf(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => undefined);
  const { message = response.statusText, details = [] } = (body ?? {}) as {
    message?: string;
    details?: string[];
  };
  return new ApiError(response.status, message, details);
}

/** The error message for users. */
export function explain(error: unknown): string {
  if (error instanceof ApiError) {
    const hint = hintOf(error);
    const id = SENTENCES.get(error.message);
    return [id ? text(id) : error.message, ...error.details, ...(hint ? [hint] : [])].join(' · ');
  }
  if (error instanceof TypeError) return text('api.unreachable');
  return error instanceof Error ? error.message : String(error);
}

/** What a person can do about an error, where the message does not say it. */
function hintOf({ status }: ApiError): string | undefined {
  if (status === 401) return text('api.sign-in-again');
  if (status === 404) return text('api.look-elsewhere');
  if (status === 409) return text('api.reload');
  return status >= 500 ? text('api.try-later') : undefined;
}

/** Whether the same request may succeed later: the network or the service failed, or is not finished (202). */
export const isTransient = (error: unknown): boolean =>
  error instanceof ApiError
    ? error.status === 202 || error.status === 429 || error.status >= 500
    : error instanceof TypeError;
