/**
 * The two gRPC services of Modal as the installed SDK knows them. It does not export them, and the public
 * protobuf files lag behind, so a copy of its module that does export them is made beside the other caches.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ServiceDefinition } from "nice-grpc";

export interface Definitions {
  readonly controlPlane: ServiceDefinition & Methods;
  readonly router: ServiceDefinition & Methods;
}

interface Methods {
  readonly methods: Readonly<Record<string, { readonly responseStream: boolean }>>;
}

const WANTED = ["ModalClientDefinition", "TaskCommandRouterDefinition"] as const;

export async function loadDefinitions(): Promise<Definitions> {
  const sdk = dirname(createRequire(import.meta.url).resolve("modal"));
  const loaded = (await import(/* @vite-ignore */ pathToFileURL(copyWithExports(sdk)).href)) as Record<
    string,
    ServiceDefinition & Methods
  >;
  const [controlPlane, router] = WANTED.map((name) => loaded[`fake_${name}`]);
  if (controlPlane === undefined || router === undefined)
    throw new Error("The copy of the SDK is incomplete.");
  return { controlPlane, router };
}

/** → path of the copy. Several test processes may make it at once: each writes its own and renames it. */
function copyWithExports(sdk: string): string {
  const { version } = JSON.parse(readFileSync(join(sdk, "../package.json"), "utf8")) as { version: string };
  const folder = join(sdk, "../../.cache/finetune-fake-modal");
  const copy = join(folder, `definitions-${version}.mjs`);
  if (existsSync(copy)) return copy;
  const source = readFileSync(join(sdk, "index.js"), "utf8");
  const gone = WANTED.filter((name) => !source.includes(`var ${name} = `));
  if (gone.length > 0)
    throw new Error(
      `modal ${version} has no ${gone.join(" and ")} any more: look how its dist/index.js names its gRPC services now, and name them in ${import.meta.url}.`,
    );
  mkdirSync(folder, { recursive: true });
  const exported = WANTED.map((name) => `${name} as fake_${name}`).join(", ");
  const mine = `${copy}.${process.pid}`;
  writeFileSync(mine, `${source}\nexport { ${exported} };\n`);
  renameSync(mine, copy);
  return copy;
}
