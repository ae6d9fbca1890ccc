import { MessageFlags } from "discord-api-types/v10";
import * as z from "zod";
import { ApiError, checkForm, refuse } from "./api-error.ts";
import { flatten, layoutSchema, rowsSchema } from "./components.ts";

const snowflake = z.string().regex(/^\d+$/);

// resources/message: title 256, description 4096, 25 fields, 6000 characters in all embeds together.
const embed = z.looseObject({
  title: z.string().max(256).nullish(),
  description: z.string().max(4096).nullish(),
  url: z.string().nullish(),
  color: z.number().min(0).max(0xff_ff_ff).nullish(),
  footer: z.looseObject({ text: z.string().max(2048) }).nullish(),
  author: z.looseObject({ name: z.string().max(256) }).nullish(),
  image: z.looseObject({ url: z.string() }).nullish(),
  thumbnail: z.looseObject({ url: z.string() }).nullish(),
  fields: z
    .array(z.looseObject({ name: z.string().min(1).max(256), value: z.string().min(1).max(1024) }))
    .max(25)
    .nullish(),
});
type Embed = z.infer<typeof embed>;

const lengthOf = ({ title, description, footer, author, fields }: Embed) =>
  [
    title,
    description,
    footer?.text,
    author?.name,
    ...(fields ?? []).flatMap(({ name, value }) => [name, value]),
  ]
    .map((each) => each?.length ?? 0)
    .reduce((sum, each) => sum + each, 0);

const allowedMentions = z
  .looseObject({
    parse: z.array(z.literal(["users", "roles", "everyone"])).nullish(),
    users: z.array(snowflake).max(100).nullish(),
    roles: z.array(snowflake).max(100).nullish(),
    replied_user: z.boolean().nullish(),
  })
  .refine(({ parse, users }) => !parse?.includes("users") || !users?.length, {
    message: 'parse:["users"] and users: [ids...] are mutually exclusive.',
    params: { discord: "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE" },
  });

const messageSchema = z.looseObject({
  content: z.string().max(2000).nullish(),
  embeds: z
    .array(embed)
    .max(10)
    .refine((embeds) => embeds.reduce((sum, each) => sum + lengthOf(each), 0) <= 6000, {
      message: "Embed size exceeds maximum size of 6000",
      params: { discord: "MAX_EMBED_SIZE_EXCEEDED" },
    })
    .nullish(),
  attachments: z
    .array(
      z.looseObject({
        id: z.coerce.string().regex(/^\d+$/),
        filename: z.string().max(1024).nullish(),
        description: z.string().max(1024).nullish(),
        duration_secs: z.number().nullish(),
        waveform: z.string().max(400).nullish(),
      }),
    )
    .max(10)
    .nullish(),
  allowed_mentions: allowedMentions.nullish(),
  flags: z.number().nullish(),
  components: z
    .array(z.looseObject({ type: z.number() }))
    .max(40)
    .nullish(),
  nonce: z.union([z.string().max(25), z.number()]).nullish(),
  enforce_nonce: z.boolean().nullish(),
  tts: z.boolean().nullish(),
  message_reference: z
    .looseObject({ message_id: snowflake, fail_if_not_exists: z.boolean().nullish() })
    .nullish(),
});

export type MessagePayload = z.infer<typeof messageSchema>;

/**
 * Holds what a bot sent as a message against the rules; `under` is where the message is inside the request (`data`
 * in a callback). `wasLayout`: the edited message has the flag already.
 */
export function checkMessage(body: unknown, under: string[] = [], wasLayout = false): MessagePayload {
  const payload = checkForm(messageSchema, body, under);
  const isLayout = wasLayout || ((payload.flags ?? 0) & MessageFlags.IsComponentsV2) !== 0;
  const at = [...under, "components"];
  if (payload.components) checkForm<unknown>(isLayout ? layoutSchema : rowsSchema, payload.components, at);
  checkCustomIds(payload.components ?? [], at);
  if (isLayout) checkLayout(payload, under);
  return payload;
}

function checkCustomIds(components: unknown[], at: string[]): void {
  const ids = flatten(components).flatMap(({ custom_id }) => custom_id ?? []);
  const unique = z.array(z.string()).refine((all) => new Set(all).size === all.length, {
    message: "Component custom id cannot be duplicated",
    params: { discord: "COMPONENT_CUSTOM_ID_DUPLICATED" },
  });
  checkForm(unique, ids, at);
}

/** Components V2: no content, no embeds; 40 components, nested ones included; 4000 characters of text in total. */
function checkLayout({ content, embeds, components }: MessagePayload, under: string[]): void {
  const empty = (message: string) =>
    z.unknown().refine((value) => !value || (Array.isArray(value) && value.length === 0), {
      message,
      params: { discord: "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2" },
    });
  checkForm(empty("The 'content' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"), content, [
    ...under,
    "content",
  ]);
  checkForm(empty("The 'embeds' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"), embeds, [
    ...under,
    "embeds",
  ]);
  const nodes = flatten(components ?? []);
  const texts = nodes.flatMap(({ content: text }) => (text === undefined ? [] : text));
  const fits = z
    .array(z.unknown())
    .max(40)
    .refine(() => texts.join("").length <= 4000, {
      message: "The total length of displayable text must be 4000 or fewer.",
      params: { discord: "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED" },
    });
  checkForm(fits, nodes, [...under, "components"]);
  // Seen live: UTF-8 bytes + 12 × text displays above 10,170 is an internal error, not a refusal.
  if (Buffer.byteLength(texts.join("")) + 12 * texts.length > 10_170)
    throw new ApiError(500, 0, "500: Internal Server Error");
}

/** A message must show something. */
export function checkNotEmpty(message: {
  content: string;
  embeds: unknown[];
  attachments: unknown[];
  components: unknown[];
}): void {
  const { content, embeds, attachments, components } = message;
  if (content === "" && embeds.length + attachments.length + components.length === 0)
    throw refuse.emptyMessage();
}
