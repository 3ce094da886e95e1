/** The program `finetune` of the editor's terminals: a few lines that start the bundled command line. */

export interface Shim {
  readonly name: string;
  readonly text: string;
  /** POSIX permissions. */
  readonly mode: number;
}

export interface ShimWish {
  readonly platform: NodeJS.Platform;
  /** The program that runs this extension; under the desktop application the editor itself. */
  readonly node: string;
  /** The bundled command line: in a folder that the next update deletes. */
  readonly cli: string;
}

/** POSIX shells take no meaning from anything between single quotes. */
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** In a batch file only the per cent sign keeps its meaning between quotes. */
const batch = (text: string): string => `"${text.replaceAll("%", "%%")}"`;

const GONE = "finetune: the extension was updated or removed; open a window with a config in it once.";

export function shims({ platform, node, cli }: ShimWish): Shim[] {
  if (platform === "win32") {
    const lines = [
      "@echo off",
      "setlocal",
      `if not exist ${batch(cli)} (`,
      `  echo ${GONE} 1>&2`,
      "  exit /b 127",
      ")",
      'set "ELECTRON_RUN_AS_NODE=1"',
      `${batch(node)} ${batch(cli)} %*`,
      "",
    ];
    // A batch file is read as it runs, line by line with CRLF.
    return [{ name: "finetune.cmd", text: lines.join("\r\n"), mode: 0o755 }];
  }
  const lines = [
    "#!/bin/sh",
    `if [ ! -f ${quoted(cli)} ]; then`,
    `  echo ${quoted(GONE)} >&2`,
    "  exit 127",
    "fi",
    `ELECTRON_RUN_AS_NODE=1 exec ${quoted(node)} ${quoted(cli)} "$@"`,
    "",
  ];
  return [{ name: "finetune", text: lines.join("\n"), mode: 0o755 }];
}

/** What goes before the terminals' PATH. */
export const pathPrefix = (platform: NodeJS.Platform, folder: string): string =>
  `${folder}${platform === "win32" ? ";" : ":"}`;
