// The driver's end of the line to the agent in the extension host.
import { createServer } from "node:net";
import { once } from "node:events";
import { portOf } from "./port.mjs";

/**
 * @typedef {object} Host
 * @property {number} port where the agent calls
 * @property {() => number | undefined} pid of the extension host that is on the line
 * @property {(limit: number) => Promise<void>} ready resolves when an extension host is on the line; rejects after
 *   `limit` milliseconds without one
 * @property {() => void} forget drops the extension host that is on the line: the next one to call counts. It is not
 *   hung up on, for that ends its test session, and with it the host
 * @property {<Args extends unknown[], T>(wanted: (vscode: typeof import("vscode"), ...args: Args) => T, ...args: Args) => Promise<Awaited<T>>} call
 *   runs a function in the extension host; it may use `require`, but nothing else from around it; arguments and
 *   result travel as JSON
 * @property {() => Promise<void>} close
 */

/** @returns {Promise<Host>} */
export async function listenForHost() {
  /** @type {{socket: import("node:net").Socket, pid: number, waiting: Map<number, (reply: Reply) => void>} | undefined} */
  let line;
  let lastId = 0;
  /** @type {Set<() => void>} */
  const waiters = new Set();

  const server = createServer((socket) => {
    /** @type {Map<number, (reply: Reply) => void>} */
    const waiting = new Map();
    onLines(socket, (message) => {
      if (message.hello === undefined) return waiting.get(message.id ?? -1)?.(message);
      line = { socket, pid: message.hello, waiting };
      for (const wake of waiters) wake();
      waiters.clear();
    });
    const lost = () => {
      if (line?.socket === socket) line = undefined;
      for (const reply of waiting.values()) reply({ error: "The extension host went away." });
      waiting.clear();
    };
    socket.on("close", lost).on("error", lost);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  /** @param {number} limit milliseconds */
  const connected = async (limit) => {
    if (line === undefined) {
      await new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`no extension host within ${limit / 1000} s`)), limit);
        waiters.add(() => resolve(clearTimeout(late)));
      });
    }
    if (line === undefined) throw new Error("the extension host went away as soon as it had called");
    return line;
  };
  return {
    port: portOf(server),
    pid: () => line?.pid,
    async ready(limit) {
      await connected(limit);
    },
    forget() {
      line = undefined;
    },
    async call(wanted, ...args) {
      const { socket, waiting } = await connected(CALL_LIMIT);
      const id = ++lastId;
      const reply = await new Promise((resolve) => {
        waiting.set(id, resolve);
        socket.write(`${JSON.stringify({ id, source: wanted.toString(), args })}\n`);
      });
      waiting.delete(id);
      if (reply.error !== undefined) throw new Error(`In the extension host: ${reply.error}`);
      return reply.value;
    },
    async close() {
      line?.socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** Milliseconds that a call waits for an extension host that is just restarting. */
const CALL_LIMIT = 30_000;

/**
 * @param {import("node:net").Socket} socket
 * @param {(message: {hello?: number} & Reply) => void} handle
 */
function onLines(socket, handle) {
  let pending = "";
  socket.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
    const lines = (pending + text).split("\n");
    pending = lines.pop() ?? "";
    for (const line of lines) handle(JSON.parse(line));
  });
}

/** @typedef {{id?: number, value?: any, error?: string}} Reply */
