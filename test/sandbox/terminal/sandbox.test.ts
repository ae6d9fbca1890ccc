import { execFile } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Reply } from "../../../sandbox/terminal/reply.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Really runs `npm run sandbox -- …`, without a terminal. */
const sandbox = (...args: string[]) =>
  new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const started = ["--import", "tsx", "sandbox/main.ts", "--fast", ...args];
    const env = { ...process.env, DISCORD_TOKEN: "not to be read", LOG_LEVEL: "warn" };
    const child = execFile(process.execPath, started, { cwd: root, env }, (_error, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    );
    child.stdin?.end();
  });
const run = (...lines: string[]) => lines.flatMap((line) => ["--run", line]);

describe("the sandbox, unattended", { timeout: 60_000 }, () => {
  it.concurrent("plays a demo of every command", async () => {
    const { code, out, err } = await sandbox();
    expect({ code, err }).toEqual({ code: 0, err: "" });
    for (const typed of [
      "/imagine",
      "/upscale",
      "/transcribe",
      "> Transcribe",
      "/ask",
      "/jobs",
      "/usage",
      "/quota view",
    ])
      expect(out).toContain(`› ${typed}`);
    expect(out).not.toContain("⚠️");
    const files = [...out.matchAll(/▪ (\S+)/g)].map((match) => match[1] ?? "");
    expect(files).toHaveLength(3);
    for (const file of files) expect(existsSync(file)).toBe(true);
    rmSync(dirname(files[0] ?? ""), { recursive: true });
  });

  it.concurrent("prints one JSON object a reply, in order, and goes on after a refusal", async () => {
    const { code, out, err } = await sandbox(
      "--json",
      ...run(
        "/upscale image:./photo.png scale:2",
        '/ask prompt:""',
        "/quota view user:@Mia",
        "/nothing",
        "/upscale image:./nowhere.png",
        "/usage",
      ),
    );
    expect({ code, err }).toEqual({ code: 1, err: "" });
    const replies = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Reply);
    expect(replies.map(({ command, ok }) => [command, ok])).toEqual([
      ["upscale", true],
      ["ask", false],
      ["quota view", false],
      ["nothing", false],
      ["upscale", false],
      ["usage", true],
    ]);
    for (const reply of replies)
      expect(Object.keys(reply)).toEqual(["command", "ok", "content", "files", "buttons", "private"]);

    const [picture, empty, refused, , missing, usage] = replies;
    expect(picture).toMatchObject({
      private: false,
      buttons: ["Animate", "Remove background", "Edit", "Again", "Delete"],
    });
    expect(picture?.content).toMatch(/^\*\*photo\.png/);
    const file = picture?.files[0];
    expect(file).toMatchObject({ contentType: "image/png", width: 640, height: 480 });
    expect(readFileSync(file?.path ?? "")).toHaveLength(file?.bytes ?? 0);
    rmSync(dirname(file?.path ?? ""), { recursive: true });
    expect(empty).toMatchObject({
      private: true,
      content: expect.stringMatching(/`prompt` is missing or empty/),
    });
    expect(refused?.content).toMatch(/Only those who manage this server/);
    expect(missing?.content).toBe("There is no file ./nowhere.png");
    expect(usage).toMatchObject({
      private: true,
      content: expect.stringMatching(/^You have used 2 credits/),
    });
  });

  it.concurrent("answers the admin, and in direct messages", async () => {
    const { code, out } = await sandbox("--as", "admin", ...run("/quota view user:@Mia"));
    expect(code).toBe(0);
    expect(out).toMatch(/Ada #general › .*\n.*Only you can see this\n {2}Mia has 250 credits a day/);
  });

  it.concurrent("says what is wrong with its arguments", async () => {
    const { code, out, err } = await sandbox("--json", "--as", "nobody");
    expect(code).toBe(1);
    expect(err).toBe('--as must be admin, member or other, not "nobody".\n');
    expect(JSON.parse(out)).toMatchObject({ ok: false, content: err.trimEnd() });
  });
});
