/**
 * Paths that are never opened, whatever the workspace is trusted with: to touch `\\server\share` sends
 * the user's credentials over the network, a URL is another machine, a device can block or answer with
 * anything. Looks at the text only, so that a refused path never reaches the file system.
 */
export function isRefused(path: string): boolean {
  return (
    path.includes("\0") ||
    /^[\\/]{2}/.test(path) || // UNC, \\?\ and \\.\
    /^[a-z][a-z0-9+.-]+:/i.test(path) || // two letters or more: a scheme; one letter is a drive
    /(?:^|[\\/])(?:con|prn|aux|nul|com\d|lpt\d)(?:\.[^\\/]*)?$/i.test(path) ||
    /^\/(?:dev|proc|sys)(?:\/|$)/.test(path)
  );
}

/** Is `path` the folder itself or below it? Both absolute and normalised with the same separator. */
export function isInside(path: string, folder: string, separator: string): boolean {
  if (path === folder) return true;
  const base = folder.endsWith(separator) ? folder : folder + separator;
  return path.startsWith(base);
}
