/** The language server as a process: a desktop editor, a remote one, any client that speaks over stdio or IPC. */
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { askClient } from "./client-files.ts";
import { nodeHost } from "./node-host.ts";
import { serve } from "./serve.ts";

const connection = createConnection(ProposedFeatures.all);
serve(connection, nodeHost(askClient(connection)));
