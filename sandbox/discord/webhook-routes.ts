import { MessageFlags } from "discord-api-types/v10";
import type { Hono } from "hono";
import type { HttpBindings } from "@hono/node-server";
import { SENDABLE_FLAGS } from "./callback-routes.ts";
import type { Interactions } from "./interactions.ts";
import { mentionDefaults } from "./mentions.ts";
import { checkMessage } from "./message-rules.ts";
import type { Messages } from "./messages.ts";
import { readBody } from "./uploads.ts";

interface Needs {
  interactions: Interactions;
  messages: Messages;
}

/** `/webhooks/{application}/{interaction token}`: what follows the first response, for 15 minutes, without bot token. */
export function addWebhookRoutes(
  api: Hono<{ Bindings: HttpBindings }>,
  { interactions, messages }: Needs,
): void {
  // A follow-up behaves as if `wait` were always true.
  api.post("/webhooks/:application/:token", async (c) => {
    const { application, token } = c.req.param();
    interactions.forWebhook(application, token);
    const { payload, files } = await readBody(c);
    const interaction = interactions.forWebhook(application, token);
    const checked = checkMessage(payload);
    const draft = await messages.draft(interaction.channelId, checked, files);
    return c.json(interactions.followUp(interaction, draft, (checked.flags ?? 0) & SENDABLE_FLAGS).data);
  });

  // The client sends `@original` as `%40original`.
  api.get("/webhooks/:application/:token/messages/:message", (c) => {
    const { application, token, message } = c.req.param();
    return c.json(interactions.message(interactions.forWebhook(application, token), message).data);
  });

  api.patch("/webhooks/:application/:token/messages/:message", async (c) => {
    const { application, token, message } = c.req.param();
    interactions.message(interactions.forWebhook(application, token), message);
    const { payload, files } = await readBody(c);
    const interaction = interactions.forWebhook(application, token);
    const { data } = interactions.message(interaction, message);
    const checked = checkMessage(payload, [], ((data.flags ?? 0) & MessageFlags.IsComponentsV2) !== 0);
    const draft = await messages.draft(interaction.channelId, checked, files, data);
    const stored = interactions.message(interaction, message);
    return c.json(messages.edit(stored, draft, mentionDefaults.interaction).data);
  });

  api.delete("/webhooks/:application/:token/messages/:message", (c) => {
    const { application, token, message } = c.req.param();
    messages.remove(interactions.message(interactions.forWebhook(application, token), message));
    return c.body(null, 204);
  });
}
