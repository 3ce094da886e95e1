/** Where packages come from: what the user told pip, passed on to whoever installs. Pure. */

/** What of pip's configuration says where packages lie. */
export interface IndexConfig {
  readonly indexUrl: string | null;
  readonly extraIndexUrls: readonly string[];
  readonly findLinks: readonly string[];
  readonly noIndex: boolean;
  readonly trustedHosts: readonly string[];
  readonly cert: string | null;
}

const NOTHING: IndexConfig = {
  indexUrl: null,
  extraIndexUrls: [],
  findLinks: [],
  noIndex: false,
  trustedHosts: [],
  cert: null,
};

/**
 * The output of `pip config list`: lines such as `global.index-url='…'`, where later sections win:
 * global, install, environment. Values of several words are lists.
 */
export function parsePipConfig(list: string): IndexConfig {
  const values = new Map<string, string>();
  for (const section of ["global", "install", ":env:"]) {
    for (const line of list.split(/\r?\n/)) {
      const [, owner, key, value] = /^([^.=]+)\.([^=]+)='(.*)'$/.exec(line) ?? [];
      if (owner === section && key !== undefined && value !== undefined) values.set(key, value);
    }
  }
  const words = (key: string): string[] =>
    (values.get(key) ?? "")
      .replaceAll("\\n", " ")
      .split(/\s+/)
      .filter((word) => word !== "");
  return {
    ...NOTHING,
    indexUrl: values.get("index-url") ?? null,
    extraIndexUrls: words("extra-index-url"),
    findLinks: words("find-links"),
    noIndex: /^(1|true|yes|on)$/i.test(values.get("no-index") ?? ""),
    trustedHosts: words("trusted-host"),
    cert: values.get("cert") ?? null,
  };
}

/** uv does not read pip's configuration. */
export function uvIndexArguments(config: IndexConfig): string[] {
  return [
    ...(config.indexUrl === null ? [] : ["--default-index", config.indexUrl]),
    ...config.extraIndexUrls.flatMap((url) => ["--index", url]),
    ...config.findLinks.flatMap((place) => ["--find-links", place]),
    ...(config.noIndex ? ["--no-index"] : []),
    ...config.trustedHosts.flatMap((host) => ["--allow-insecure-host", host]),
    // pip takes the best version of all indexes; uv would stop at the first index that knows a package.
    ...(config.extraIndexUrls.length === 0 ? [] : ["--index-strategy", "unsafe-best-match"]),
  ];
}

export const uvIndexEnvironment = (config: IndexConfig): Record<string, string> =>
  config.cert === null ? {} : { SSL_CERT_FILE: config.cert };
