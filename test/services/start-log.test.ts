import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { expect, it } from "vitest";
import { readConfig } from "../../src/config.ts";
import { systemClock } from "../../src/services/clock.ts";
import { createServices } from "../../src/services/index.ts";

it("says at start where there is no ffmpeg, and what that means", async () => {
  const folder = mkdtempSync(join(tmpdir(), "replicord-start-log-"));
  const lines: string[] = [];
  const config = readConfig({
    DISCORD_TOKEN: "none",
    DISCORD_API_URL: "http://127.0.0.1:1/api",
    REPLICATE_API_TOKEN: "none",
    REPLICATE_BASE_URL: "http://127.0.0.1:1/v1",
    DATABASE_URL: "sqlite://:memory:",
    FILES_PATH: folder,
    FFMPEG_PATH: join(folder, "ffmpeg"),
  });
  const services = await createServices(
    config,
    pino({ level: "info" }, { write: (line: string) => void lines.push(line) }),
    systemClock,
  );
  expect(services.recordings.canCut).toBe(false);
  expect(lines.join("")).toMatch(/There is no ffmpeg \(FFMPEG_PATH\): .* up to an hour/);
  await services.close();
  rmSync(folder, { recursive: true });
});
