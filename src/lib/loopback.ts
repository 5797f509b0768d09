// Which host names are this very computer, where what is in clear stays.

/** Says whether a host name, as the URL parser writes it, is this computer's own. */
export function isLoopbackHost(hostname: string): boolean {
  return (
    hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]' || hostname.endsWith('.localhost')
  );
}
