import { RateLimitError } from "discord.js";
import { expect, it } from "vitest";
import { createLog } from "../src/log.ts";

const lines: string[] = [];
const log = createLog({ level: "info", format: "json" }, { write: (line) => void lines.push(line) });

it("tells of an error what it is, and nothing that a library hung on it", () => {
  const error = new RateLimitError({
    global: false,
    hash: "x",
    limit: 5,
    majorParameter: "1/a-secret-token",
    method: "PATCH",
    retryAfter: 5,
    route: "/webhooks/:id/:token",
    scope: "user",
    sublimitTimeout: 0,
    timeToReset: 5,
    url: "https://discord.com/api/v10/webhooks/1/a-secret-token/messages/@original",
  });
  log.warn({ error, cause: new Error("outer", { cause: error }) }, "refused");
  log.warn({ error: "not an error" }, "refused");
  expect(lines.join("\n")).not.toContain("a-secret-token");
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ msg: "refused", error: { type: "RateLimitError" } });
  expect(JSON.parse(lines[1] ?? "")).toMatchObject({ error: "not an error" });
});
