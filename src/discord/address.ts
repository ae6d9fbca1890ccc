import { z } from "zod";

/** The first message of an answer whose deferral may have been sent, though nobody heard which message it made. */
export const UNHEARD = "@original";

/** Where an answer goes, as plain data that outlives a restart. */
export const addressSchema = z.object({
  application: z.string(),
  /** Where nobody asked by an interaction: the id of the message that it replies to. */
  interaction: z.string(),
  token: z.string(),
  /** Milliseconds since 1970; Discord drops the token 15 minutes after the interaction. */
  expiresAt: z.number(),
  channel: z.string(),
  /** As Discord's response says it is, not as we asked. */
  private: z.boolean(),
  /** The bot sees the channel, so a public answer can be edited by the channel's route as well. */
  inChannel: z.boolean().default(false),
  /** The bot can look there for what it sent. */
  readsHistory: z.boolean().default(false),
  /** The message in this channel that it replies to, without anybody's having asked by a command. */
  replyTo: z.string().optional(),
  /** The messages of the answer so far, in order. */
  messages: z.array(z.string()),
  /** A further message was about to be sent: it may be there. */
  growing: z.boolean().default(false),
  /** The answer comes here because its own place can't be reached any more. */
  handedOver: z.boolean().default(false),
  /** The sentence instead of an answer was said, or was about to be. */
  refused: z.boolean().default(false),
  /** Its asker was told that it is ready, or was about to be. */
  announced: z.boolean().default(false),
  /** The message that told them. */
  ready: z.string().optional(),
  /** What one file may have here: `attachment_size_limit` of the interaction. */
  fileLimitBytes: z.number(),
});

export type Address = z.output<typeof addressSchema>;

/** An address with what it does not have from the beginning left out. */
export const newAddress = (facts: z.input<typeof addressSchema>): Address => addressSchema.parse(facts);

/** Follow-ups that an interaction has where the bot is no member (Discord's 40094), and its first message. */
const OUTSIDE_MESSAGES = 6;

/** How many messages an answer can have here; undefined where there is no such limit. */
export const messagesAt = ({ inChannel, handedOver }: Address): number | undefined =>
  inChannel || handedOver ? undefined : OUTSIDE_MESSAGES;

/** The id of an interaction holds when it was made (Discord's snowflakes begin in 2015). */
const createdAt = (snowflake: string) => Number(BigInt(snowflake) >> 22n) + 1_420_070_400_000;

export const TOKEN_LIFE_MS = 15 * 60_000;

/** A little less than Discord's 15 minutes, so that no edit leaves too late. By our clock where the id is no snowflake. */
export const expiryOf = (interaction: string, now: number) => {
  const created = createdAt(interaction);
  const plausible = Math.abs(created - now) < TOKEN_LIFE_MS ? created : now;
  return plausible + TOKEN_LIFE_MS - 30_000;
};
