/** Whether it is the same address: a server for IPv6 sees IPv4 addresses as IPv4-mapped ones (RFC 4291, 2.5.5.2). */
export const isSameAddress = (listed: string, remote: string): boolean =>
  listed === remote.replace(/^::ffff:/, '');
