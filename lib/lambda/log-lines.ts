/**
 * The part of Powertools' logger that is used here. Bundles contain this module instead of the complete package, whose 23 KB would be
 * a twelfth of each (`bin/build.ts`). The lines are the same.
 */
export class Logger {
  debug(message: string, details?: object): void {
    write('DEBUG', message, details);
  }

  info(message: string, details?: object): void {
    write('INFO', message, details);
  }

  warn(message: string, details?: object): void {
    write('WARN', message, details);
  }

  error(message: string, details?: object): void {
    write('ERROR', message, details);
  }
}

const SEVERITY = { TRACE: 6, DEBUG: 8, INFO: 12, WARN: 16, ERROR: 20, CRITICAL: 24, SILENT: 28 };
type Level = keyof typeof SEVERITY;
const isLevel = (name: string | undefined): name is Level => name !== undefined && name in SEVERITY;

/** Lambda's own setting comes first: Lambda drops what is below it. */
function leastSeverity(): number {
  const { AWS_LAMBDA_LOG_LEVEL: lambda, POWERTOOLS_LOG_LEVEL: ours, LOG_LEVEL: alias } = process.env;
  const level = [lambda === 'FATAL' ? 'CRITICAL' : lambda, ours || alias].find(isLevel);
  return SEVERITY[level ?? 'INFO'];
}

function write(level: Level, message: string, details: object = {}): void {
  if (SEVERITY[level] < leastSeverity()) return;
  const line = {
    level,
    message,
    timestamp: new Date().toISOString(),
    service: process.env.POWERTOOLS_SERVICE_NAME || 'service_undefined',
    sampling_rate: 0,
    xray_trace_id: traceId(),
    ...details,
  };
  const present = Object.entries(line).filter(
    ([, value]) => value !== undefined && value !== '' && value !== null,
  );
  const stream = SEVERITY[level] >= SEVERITY.WARN ? process.stderr : process.stdout;
  stream.write(`${JSON.stringify(Object.fromEntries(present), withErrors())}\n`);
}

/** The root of the trace that Lambda's runtime names. */
function traceId(): string | undefined {
  const trace = process.env._X_AMZN_TRACE_ID || undefined;
  if (!trace?.includes('=')) return trace;
  return /(?:^|;)Root=([^;=]*)/.exec(trace)?.[1];
}

/** Replaces what JSON does not have, for `JSON.stringify`, and leaves out what contains itself. */
function withErrors() {
  const ancestors: unknown[] = [];
  return function (this: unknown, _key: string, value: unknown) {
    if (typeof value === 'bigint') return value.toString();
    const known = value instanceof Error ? describe(value) : value;
    if (typeof known !== 'object' || known === null) return known;
    while (ancestors.length > 0 && ancestors.at(-1) !== this) ancestors.pop();
    if (ancestors.includes(known)) return undefined;
    ancestors.push(known);
    return known;
  };
}

function describe(error: Error): Record<string, unknown> {
  const { name, message, stack, cause } = error;
  return {
    name,
    location:
      /\(([^()]*?):(\d+):\d+\)\\?$/m
        .exec(stack ?? '')
        ?.slice(1)
        .join(':') ?? '',
    message,
    stack,
    cause: cause instanceof Error ? describe(cause) : cause,
    ...Object.fromEntries(Object.entries(error).filter(([key]) => !STANDARD.has(key))),
  };
}

const STANDARD = new Set(['name', 'message', 'stack', 'cause']);
