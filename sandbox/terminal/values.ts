import { type APIApplicationCommandBasicOption, ApplicationCommandOptionType } from "discord-api-types/v10";
import type { OptionValue } from "../discord/person.ts";
import { BadInput, listed } from "./bad-input.ts";
import { readUpload } from "./uploads.ts";

/** Whom and what an option can name: ids by name. */
export interface Names {
  people: ReadonlyMap<string, string>;
  roles: ReadonlyMap<string, string>;
  channels: ReadonlyMap<string, string>;
}

const words: Record<string, boolean> = {
  true: true,
  yes: true,
  on: true,
  false: false,
  no: false,
  off: false,
};

function find(names: ReadonlyMap<string, string>, typed: string, mark = /^@?&?/): string | undefined {
  const wanted = typed.replace(mark, "").toLowerCase();
  return [...names].find(([name]) => name.replace(/^@/, "").toLowerCase() === wanted)?.[1];
}

/** Names as they are typed: `@Mia`, `@&artists`, `#bot-log`. */
export const mentions = (names: ReadonlyMap<string, string>, mark = "@") =>
  [...names.keys()].map((name) => `${mark}${name.replace(/^@/, "")}`);

/**
 * The id of a person.
 * @throws {BadInput} naming those that there are
 */
export function readPerson(typed: string, { people }: Names): string {
  const id = find(people, typed, /^@?/);
  if (!id) throw new BadInput(`There is nobody called "${typed}"; there are ${listed(mentions(people))}.`);
  return id;
}

/**
 * A typed value as the kind that its option carries. What Discord's own client would refuse (a missing option, a number
 * out of range) is let through where it can be: the bot has to refuse it too.
 * @throws {BadInput}
 */
export function readValue(
  option: APIApplicationCommandBasicOption,
  typed: string,
  names: Names,
): OptionValue {
  const { name, type } = option;
  const { people, roles, channels } = names;
  switch (type) {
    case ApplicationCommandOptionType.Integer:
    case ApplicationCommandOptionType.Number: {
      const chosen = option.choices?.find((choice) => choice.name.toLowerCase() === typed.toLowerCase());
      const value = chosen?.value ?? (/^[-+]?\d+(\.\d+)?$/.test(typed) ? Number(typed) : Number.NaN);
      if (type === ApplicationCommandOptionType.Number && Number.isFinite(value)) return value;
      if (Number.isSafeInteger(value)) return value;
      throw new BadInput(`"${name}" must be a whole number, not "${typed}".`);
    }
    case ApplicationCommandOptionType.Boolean: {
      const value = words[typed.toLowerCase()];
      if (value === undefined) throw new BadInput(`"${name}" must be true or false, not "${typed}".`);
      return value;
    }
    case ApplicationCommandOptionType.Attachment:
      return { upload: readUpload(typed) };
    case ApplicationCommandOptionType.User:
      return { user: readPerson(typed, names) };
    case ApplicationCommandOptionType.Channel: {
      const channel = find(channels, typed, /^#?/);
      if (channel) return { channel };
      const offered = listed(mentions(channels, "#"));
      throw new BadInput(`There is no channel "${typed}"; there are ${offered}.`);
    }
    case ApplicationCommandOptionType.Role:
    case ApplicationCommandOptionType.Mentionable: {
      const isRole = type === ApplicationCommandOptionType.Role || typed.startsWith("@&");
      const user = isRole ? undefined : find(people, typed);
      const role = user ? undefined : find(roles, typed);
      if (user) return { user };
      if (role) return { role };
      const offered = [...(isRole ? [] : mentions(people)), ...mentions(roles)];
      throw new BadInput(`There is no "${typed}"; there are ${listed(offered)}.`);
    }
    case ApplicationCommandOptionType.String: {
      const chosen = option.choices?.find((choice) => choice.name.toLowerCase() === typed.toLowerCase());
      return chosen?.value ?? typed;
    }
  }
}
