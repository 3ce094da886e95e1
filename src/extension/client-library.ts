/** The language client's library, as a bundle of its own (`dist/client.js`): loaded with the first config. */
export { LanguageClient, RequestType, TransportKind } from "vscode-languageclient/node";
