import type { Hono } from "hono";
import type { HttpBindings } from "@hono/node-server";
import { refuse } from "./api-error.ts";
import type { Commands } from "./commands.ts";
import { type Ctx, readBody } from "./uploads.ts";
import type { World } from "./world.ts";

interface Needs {
  world: World;
  commands: Commands;
}

/** `/applications/{id}/commands` and `/applications/{id}/guilds/{guild}/commands`. */
export function addCommandRoutes(api: Hono<{ Bindings: HttpBindings }>, { world, commands }: Needs): void {
  const scopeOf = (c: Ctx): string => {
    const { application, guild } = c.req.param() as { application: string; guild?: string };
    if (application !== world.applicationId) throw refuse.missingAccess();
    if (guild !== undefined && guild !== world.guild.id) throw refuse.missingAccess();
    return guild ?? "global";
  };
  const commandOf = (c: Ctx) => commands.find(scopeOf(c), c.req.param("command") ?? "");

  for (const base of [
    "/applications/:application/commands",
    "/applications/:application/guilds/:guild/commands",
  ]) {
    api.get(base, (c) => {
      const all = commands.list(scopeOf(c));
      // Translations are only given to who asks for them.
      return c.json(c.req.query("with_localizations") === "true" ? all : all.map(withoutLocalizations));
    });
    api.put(base, async (c) => c.json(commands.overwrite(scopeOf(c), (await readBody(c)).payload)));
    api.post(base, async (c) => {
      const { command, created } = commands.create(scopeOf(c), (await readBody(c)).payload);
      return c.json(command, created ? 201 : 200);
    });
    api.get(`${base}/:command`, (c) => c.json(commandOf(c)));
    api.patch(`${base}/:command`, async (c) =>
      c.json(commands.change(scopeOf(c), commandOf(c), (await readBody(c)).payload)),
    );
    api.delete(`${base}/:command`, (c) => {
      commands.remove(scopeOf(c), commandOf(c));
      return c.body(null, 204);
    });
  }
}

function withoutLocalizations<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutLocalizations) as T;
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !key.endsWith("_localizations"));
  return Object.fromEntries(kept.map(([key, each]) => [key, withoutLocalizations(each)])) as T;
}
