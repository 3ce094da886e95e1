/**
 * The cable in front of the server: what a test cuts. The port stays the same whatever happens behind it, and
 * all connections can be dropped without the server's doing.
 */
import { connect, createServer, type Server, type Socket } from "node:net";

export class Wire {
  readonly #sockets = new Set<Socket>();
  #target = 0;
  #plugged = true;

  private constructor(
    readonly server: Server,
    readonly port: number,
  ) {}

  /** `port` 0: any free one. */
  static async open(port: number): Promise<Wire> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", resolve);
    });
    const address = server.address();
    const wire = new Wire(server, typeof address === "object" && address !== null ? address.port : port);
    server.on("connection", (client) => wire.#join(client));
    return wire;
  }

  /** The port of the server behind. */
  leadTo(port: number): void {
    this.#target = port;
  }

  /** Drops what is connected; new connections are taken. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  unplug(): void {
    this.#plugged = false;
    this.cut();
  }

  plug(): void {
    this.#plugged = true;
  }

  close(): void {
    this.cut();
    this.server.close();
  }

  #join(client: Socket): void {
    if (!this.#plugged) {
      client.destroy();
      return;
    }
    const server = connect(this.#target, "127.0.0.1");
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(one);
      one.setNoDelay(true);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        this.#sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  }
}
