// Runs inside the extension host (it is the workbench's extensionTestsPath): carries out what a test asks for.
// A request is {id, source, args}: the text of a function (vscode, ...args) and its arguments.
const net = require("node:net");
const vscode = require("vscode");

/** Resolves only when the driver hangs up: the workbench ends the test session when this does. */
exports.run = () =>
  new Promise((resolve, reject) => {
    const socket = net.connect(Number(process.env.FINETUNE_TEST_PORT), "127.0.0.1");
    socket.once("error", reject);
    socket.once("close", resolve);
    socket.write(`${JSON.stringify({ hello: process.pid })}\n`);
    let pending = "";
    socket.setEncoding("utf8").on("data", (text) => {
      const lines = (pending + text).split("\n");
      pending = lines.pop() ?? "";
      for (const line of lines) void answer(JSON.parse(line)).then((reply) => socket.write(`${reply}\n`));
    });
  });

/** @param {{id: number, source: string, args: unknown[]}} request */
async function answer({ id, source, args }) {
  try {
    // oxlint-disable-next-line typescript/no-implied-eval -- carrying out the text of a test is its purpose
    const wanted = new Function("require", `return (${source})`)(require);
    return JSON.stringify({ id, value: await wanted(vscode, ...args) });
  } catch (error) {
    return JSON.stringify({
      id,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }
}
