import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const story = `
  import { startReplicate } from "./sandbox/replicate/index.ts";
  const replicate = await startReplicate();
  replicate.script({ stuck: "processing" });
  const create = (headers) => fetch(replicate.baseUrl + "/models/openai/gpt-5-nano/predictions", {
    method: "POST",
    headers: { authorization: "Bearer " + replicate.token, "cancel-after": "1h", ...headers },
    body: JSON.stringify({ input: { prompt: "hello" } }),
  });
  const { urls } = await (await create({})).json();
  await fetch(urls.stream);
  void create({ prefer: "wait" }).catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 100));
  await replicate.close();
  console.log("closed");
`;

it("leaves nothing behind that keeps the process alive", async () => {
  const args = ["--import", "tsx", "--input-type=module", "--eval", story];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 15_000 });
  expect(stdout.trim()).toBe("closed");
});
