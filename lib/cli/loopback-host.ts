/** Hosts that are reached without a network. */
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

export const isLoopbackHost = (hostname: string): boolean => LOOPBACK.test(hostname);
