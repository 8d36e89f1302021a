/** Longer names are cut: each event of the audit log has one. */
const NAME_CHARACTERS = 100;

/**
 * The name by which others know a person, as the claims of the token say it (OpenID Connect Core 1.0, 5.1). A user name that
 * only repeats the subject is none.
 */
export function displayNameOf(claims: Readonly<Record<string, unknown>>): string | undefined {
  const names = [claims.name, claims['cognito:username'], claims.email];
  const found = names.find((each) => typeof each === 'string' && each.trim() !== '' && each !== claims.sub);
  return typeof found === 'string' ? [...found.trim()].slice(0, NAME_CHARACTERS).join('') : undefined;
}
