import type * as z from 'zod';

type Issue = z.core.$ZodIssue;

/** The most issues of one response: a body can have a million of them, and the size of responses is limited. */
const MOST = 50;

/** Describes each issue of a schema in one sentence: the field, the expected value and the received one. */
export function describeIssues({ issues }: z.ZodError): string[] {
  const faults = issues.slice(0, MOST + 1).flatMap(describe);
  return faults.length > MOST ? [...faults.slice(0, MOST), 'and more'] : faults;
}

function describe(issue: Issue): string[] {
  const field =
    issue.path
      .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
      .join('')
      .replace(/^\./, '') || 'body';
  const came = issue.input === undefined ? '' : `; received ${show(issue.input)}`;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys
        .slice(0, MOST + 1)
        .map((key) => `${field === 'body' ? '' : `${field}.`}${cut(key)} is not a known field`);
    case 'invalid_type':
      return [
        issue.input === undefined
          ? `${field} is required`
          : `${field} must be ${withArticle(issue.expected)}${came}`,
      ];
    case 'invalid_format':
      // Clients of the Exams endpoints rely on exactly these texts.
      return [
        `${field} ${FORMATS[issue.format] ?? lowerFirst(issue.message)}${issue.format === 'uuid' ? '' : came}`,
      ];
    case 'invalid_union':
      return [
        issue.input === undefined ? `${field} is required` : `${field} ${lowerFirst(issue.message)}${came}`,
      ];
    case 'invalid_value':
      return [
        issue.input === undefined
          ? `${field} is required`
          : `${field} must be one of ${issue.values.join(', ')}${came}`,
      ];
    case 'too_big':
      return [
        `${field} must be at most ${issue.maximum}${unit(issue.origin)}${typeof issue.input === 'number' ? came : ''}`,
      ];
    case 'too_small':
      return [
        `${field} must be at least ${issue.minimum}${unit(issue.origin)}${typeof issue.input === 'number' ? came : ''}`,
      ];
    default:
      return [`${field} ${lowerFirst(issue.message)}`];
  }
}

const FORMATS: Record<string, string> = {
  uuid: 'must be a valid UUID',
  datetime: 'must be an ISO 8601 time with a time zone',
  date: 'must be an ISO 8601 date',
};

const unit = (origin: string) =>
  origin === 'string' ? ' characters long' : origin === 'array' ? ' items long' : '';
const withArticle = (type: string) =>
  type === 'int' ? 'a whole number' : /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

function show(input: unknown): string {
  if (Array.isArray(input)) return 'an array';
  if (typeof input === 'object' && input !== null) return 'an object';
  return typeof input === 'number' ? String(input) : cut(JSON.stringify(input) ?? typeof input);
}

const cut = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
