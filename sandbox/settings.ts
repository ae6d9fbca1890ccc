import { join } from "node:path";

/** The settings with which a bot connects to these stand-ins in place of the real services. */
export const connectionTo = (
  discord: { token: string; apiUrl: string; origin: string },
  replicate: { token: string; baseUrl: string; origin: string },
) => ({
  DISCORD_TOKEN: discord.token,
  DISCORD_API_URL: discord.apiUrl,
  REPLICATE_API_TOKEN: replicate.token,
  REPLICATE_BASE_URL: replicate.baseUrl,
  EXTRA_MEDIA_ORIGINS: `${discord.origin},${replicate.origin}`,
  // A few stand for a crowd here, and ask for much at once.
  JOBS_AT_ONCE: "1000",
});

/** The settings with which a bot keeps everything in this folder. */
export const storedIn = (folder: string) => ({
  DATABASE_URL: `sqlite://${join(folder, "replicord.sqlite")}`,
  FILES_PATH: join(folder, "files"),
});
