/** A URI as a place that relative paths can be joined to: scheme and authority as they are, the path decoded. */
export function placeOfUri(uri: string): string {
  const [, root = "", path = uri] = /^([a-z][a-z0-9+.-]*:(?:\/\/[^/?#]*)?)([^?#]*)/i.exec(uri) ?? [];
  try {
    return root + decodeURIComponent(path);
  } catch {
    // Not an encoding: somebody's scheme uses % for itself.
    return uri;
  }
}

export function uriOfPlace(place: string): string {
  const [, root = "", path = place] = /^([a-z][a-z0-9+.-]*:(?:\/\/[^/]*)?)(.*)$/is.exec(place) ?? [];
  return root + path.split("/").map(encodeURIComponent).join("/");
}

export const isUri = (place: string): boolean => /^[a-z][a-z0-9+.-]+:/i.test(place);

/** A file that is not saved yet is taken to lie at the top of the workspace. */
export function placeOfUntitled(uri: string, folders: readonly string[]): string | null {
  const [, name] = /^untitled:(.*)$/s.exec(uri) ?? [];
  const folder = folders[0];
  if (name === undefined || folder === undefined) return null;
  return `${folder.replace(/\/$/, "")}/${name.split("/").at(-1) ?? ""}`;
}
