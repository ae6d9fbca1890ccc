import { afterEach, expect, it } from "vitest";
import { createConnect, type Resolve } from "../../../src/services/replicate/connect.ts";
import { type LocalServer, startLocalServer } from "../local-server.ts";

let server: LocalServer | undefined;
afterEach(() => server?.close());

const signal = AbortSignal.timeout(10_000);
const stranger = { trusted: false, signal };
const refused = { reason: { kind: "output-refused" } };

/** A name server that gives these addresses, one list a question. */
function nameServer(...answers: string[][]) {
  const asked: string[] = [];
  const resolve: Resolve = async (host) => {
    const addresses = answers[Math.min(asked.push(host), answers.length) - 1] ?? [];
    return addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
  };
  return { resolve, asked };
}

const start = async () => (server = await startLocalServer((_, response) => void response.end("hello")));
const at = (host: string, { origin }: LocalServer) => new URL(`http://${host}:${new URL(origin).port}/`);

it.each([
  [["127.0.0.1"]],
  [["169.254.169.254"]],
  [["100.64.0.1"]],
  [["224.0.0.1"]],
  [["::1"]],
  [["::ffff:127.0.0.1"]],
  [["fe80::1"]],
  [["1.1.1.1", "127.0.0.1"]],
  [["127.0.0.1", "1.1.1.1"]],
  [[]],
])("a host that leads to %j is not connected to", async (addresses) => {
  const local = await start();
  const { resolve, asked } = nameServer(addresses);
  await expect(createConnect(resolve)(at("files.example", local), stranger)).rejects.toMatchObject(refused);
  expect(asked).toEqual(["files.example"]);
  expect(local.arrivals).toEqual([]);
});

it.each(["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0x7f000001", "2130706433"])(
  "an address written as %s is not looked up, and not connected to",
  async (host) => {
    const local = await start();
    const { resolve, asked } = nameServer(["1.1.1.1"]);
    await expect(createConnect(resolve)(at(host, local), stranger)).rejects.toMatchObject(refused);
    expect(asked).toEqual([]);
    expect(local.arrivals).toEqual([]);
  },
);

it("a host that changes its address after the check was connected to by the one that was checked", async () => {
  const local = await start();
  const { resolve, asked } = nameServer(["127.0.0.1"], ["127.0.0.2"]);
  // Here 127.0.0.1 plays the public internet, and all else is private.
  const connect = createConnect(resolve, (address) => address === "127.0.0.1");
  const response = await connect(at("rebinding.example", local), stranger);
  expect(response.socket.remoteAddress).toBe("127.0.0.1");
  response.destroy();
  expect(asked).toEqual(["rebinding.example"]);
  // No connection is kept, so the next one is checked anew.
  await expect(connect(at("rebinding.example", local), stranger)).rejects.toMatchObject(refused);
  expect(local.arrivals).toHaveLength(1);
});

it("whom the operator trusts may be anywhere", async () => {
  const local = await start();
  const { resolve } = nameServer(["1.1.1.1"]);
  const response = await createConnect(resolve)(new URL(local.origin), { trusted: true, signal });
  expect(response.statusCode).toBe(200);
  response.destroy();
  expect(local.arrivals[0]?.headers).toMatchObject({
    "user-agent": "Replicord",
    "accept-encoding": "identity",
  });
});
