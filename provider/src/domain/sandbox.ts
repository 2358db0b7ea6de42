/** Whether a host is this machine. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * The endpoint's address where it is one of this machine, as people read it; undefined for every other. What is bought
 * there was not bought at Vercel.
 */
export function sandboxOf(endpoint: string | undefined): string | undefined {
  const url = endpoint === undefined ? null : URL.parse(endpoint);
  return url && isLoopback(url.hostname) ? url.href.replace(/\/$/, "") : undefined;
}

/** What is added to each line about a purchase that was not made at Vercel; nothing for one that was. */
export function ofSandbox(sandbox: string | undefined): string {
  return sandbox === undefined ? "" : ` (At the sandbox ${sandbox}, where no money moves.)`;
}
