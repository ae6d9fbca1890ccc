import type { Person, SeenMessage } from "../discord/person.ts";
import type { Style } from "./style.ts";
import type { Names } from "./values.ts";

/** Where a post of the bot stands, as this person's client names the place; undefined where they don't see it. */
export function placeOfPost(
  { id, raw }: SeenMessage,
  person: Person,
  { channels }: Names,
): string | undefined {
  const channel = [...channels].find(([, each]) => each === raw.channel_id)?.[0];
  if (channel !== undefined) return `#${channel}`;
  return person.sees({ dm: true }).some((each) => each.id === id) ? "@Replicord" : undefined;
}

/** The line above a post. */
export const postHeader = (style: Style, place: string) =>
  `${style("bold", "Replicord")} ${style("dim", `posted in ${place}`)}`;
