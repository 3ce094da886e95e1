/**
 * What we use of Modal's SDK, as a bundle of its own (`dist/modal.js`): 24 MB of packages that a window, a
 * terminal and a local run never load. Imported dynamically only, by `connection.ts`.
 */
export { ModalClient } from "modal";
