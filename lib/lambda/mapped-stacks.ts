// The first module of each bundle (`bin/build.ts`): stack traces name our files, lines and functions instead of those of the bundle.
// Node's --enable-source-maps writes the same, but reads the source map and scans the bundle at each cold start, a sixth of its time;
// this does at the first stack trace that is read.
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What V8 knows of a call beside what Node's types say (https://v8.dev/docs/stack-trace-api). */
interface Call extends NodeJS.CallSite {
  isAsync(): boolean;
  getEnclosingLineNumber(): number;
  getEnclosingColumnNumber(): number;
}

/** Where a position comes from, and its name there, if the bundle has another one; empty if that is unknown. */
interface Entry {
  originalSource?: string;
  originalLine?: number;
  originalColumn?: number;
  name?: string;
}

const BUNDLE = import.meta.filename;

let sourceMap: SourceMap | undefined;

function entryAt(line: number | null, column: number | null): Entry {
  sourceMap ??= new SourceMap(JSON.parse(readFileSync(`${BUNDLE}.map`, 'utf8')));
  return sourceMap.findEntry(Number(line) - 1, Number(column) - 1) as Entry;
}

/** A CommonJS module has its path as its name, an ES module its URL. */
const isOurs = (call: Call | undefined): call is Call => {
  const name = call?.getFileName();
  return name === BUNDLE || (name?.startsWith('file:') === true && fileURLToPath(name) === BUNDLE);
};

function nameOf(call: Call, caller: Call | undefined): string {
  const { name } = entryAt(call.getEnclosingLineNumber(), call.getEnclosingColumnNumber());
  const calledAs = () =>
    isOurs(caller) ? entryAt(caller.getLineNumber(), caller.getColumnNumber()).name : undefined;
  return name || calledAs() || call.getFunctionName() || call.getMethodName() || '<anonymous>';
}

function describe(call: Call, caller: Call | undefined): string {
  if (!isOurs(call)) return `${call}`;
  const { originalSource, originalLine, originalColumn } = entryAt(
    call.getLineNumber(),
    call.getColumnNumber(),
  );
  if (originalSource === undefined || originalLine === undefined || originalColumn === undefined)
    return `${call}`;
  const kind = call.isAsync() ? 'async ' : call.isConstructor() ? 'new ' : '';
  const type = call.getTypeName();
  const owner = type !== null && type !== 'global' ? `${type}.` : '';
  const file = resolve(dirname(BUNDLE), originalSource);
  return `${kind}${owner}${nameOf(call, caller)} (${file}:${originalLine + 1}:${originalColumn + 1})`;
}

/** Node's own errors have their code in the first line. */
function headingOf(error: Error & { code?: unknown }): string {
  const { name, message, code } = error;
  return `${code}`.startsWith('ERR_')
    ? `${name} [${code}]: ${message}`
    : Error.prototype.toString.call(error);
}

Error.prepareStackTrace = (error, calls) => {
  const lineOf = (call: NodeJS.CallSite, at: number) => {
    try {
      return describe(call as Call, calls[at + 1] as Call | undefined);
    } catch {
      return `${call}`; // Without a source map.
    }
  };
  return [headingOf(error), ...calls.map((call, at) => `    at ${lineOf(call, at)}`)].join('\n');
};
