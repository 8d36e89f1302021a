/**
 * Where the issuer sends the browser of a person who signs in at the command line: a loopback redirect (RFC 8252, 7.3). The port is fixed
 * and the host is a name, because Cognito compares the whole URL, and accepts http for `localhost` only.
 */
export const CLI_REDIRECT_URI = 'http://localhost:47115/';
