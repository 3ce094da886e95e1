/** The language server in a web worker: all of editing, without a file system. */
import { BrowserMessageReader, BrowserMessageWriter, createConnection } from "vscode-languageserver/browser";
import { askClient } from "./client-files.ts";
import { browserHost } from "./browser-host.ts";
import { serve } from "./serve.ts";

const connection = createConnection(new BrowserMessageReader(self), new BrowserMessageWriter(self));
serve(connection, browserHost(askClient(connection)));
