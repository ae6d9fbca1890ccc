import type { Hono } from "hono";
import type { HttpBindings } from "@hono/node-server";
import * as z from "zod";
import { checkForm, refuse } from "./api-error.ts";
import type { Gateway } from "./gateway.ts";
import { readBody } from "./uploads.ts";
import type { World } from "./world.ts";

interface Needs {
  world: World;
  gateway: Gateway;
}

/** Where the gateway is, who the bot is, and the guild it is in. */
export function addAccountRoutes(api: Hono<{ Bindings: HttpBindings }>, { world, gateway }: Needs): void {
  const { bot, owner, guild, accounts } = world;
  const application = {
    id: world.applicationId,
    name: "Replicord",
    icon: null,
    description: "",
    type: null,
    bot,
    flags: 0,
    flags_new: "0",
    bot_public: false,
    bot_require_code_grant: false,
    integration_types_config: { 0: {}, 1: {} },
    verify_key: "0".repeat(64),
    redirect_uris: [],
    interactions_endpoint_url: null,
    role_connections_verification_url: null,
    owner,
    approximate_guild_count: 1,
    approximate_user_install_count: 0,
    approximate_user_authorization_count: 0,
    explicit_content_filter: 0,
    team: null,
    eligible_oauth2_scopes: [],
  };
  const isGuild = (id: string) => {
    if (id !== guild.id) throw refuse.unknownGuild();
  };

  api.get("/gateway", (c) => c.json({ url: gateway.url }));
  api.get("/gateway/bot", (c) =>
    c.json({ url: gateway.url, shards: 1, session_start_limit: gateway.startLimit() }),
  );
  api.get("/applications/@me", (c) => c.json(application));
  api.get("/oauth2/applications/@me", (c) => c.json(application));

  api.get("/users/@me", (c) =>
    c.json({ ...bot, mfa_enabled: true, locale: "en-US", verified: true, email: null }),
  );
  api.post("/users/@me/channels", async (c) => {
    const { payload } = await readBody(c);
    const { recipient_id } = checkForm(z.looseObject({ recipient_id: z.string() }), payload);
    const account = accounts.get(recipient_id);
    if (!account) throw refuse.unknownUser();
    return c.json(world.channels.get(account.dmChannelId)?.data);
  });
  api.get("/users/:user", (c) => {
    const id = c.req.param("user");
    const found = id === bot.id ? bot : accounts.get(id)?.user;
    if (!found) throw refuse.unknownUser();
    return c.json(found);
  });

  api.get("/guilds/:guild", (c) => {
    isGuild(c.req.param("guild"));
    return c.json(guild);
  });
  api.get("/guilds/:guild/roles", (c) => {
    isGuild(c.req.param("guild"));
    return c.json(guild.roles);
  });
  api.get("/guilds/:guild/members/:user", (c) => {
    const { guild: guildId, user } = c.req.param();
    isGuild(guildId);
    const member = user === bot.id ? world.botMember : accounts.get(user)?.member;
    if (!member) throw refuse.unknownMember();
    return c.json(member);
  });
}
