import { type APIApplicationCommandBasicOption, ApplicationCommandOptionType } from "discord-api-types/v10";
import type { OptionValue } from "../discord/person.ts";
import { BadInput, listed } from "./bad-input.ts";
import { readUpload } from "./uploads.ts";

/** Whom an option can name: ids by name. */
export interface Names {
  people: ReadonlyMap<string, string>;
  roles: ReadonlyMap<string, string>;
}

const words: Record<string, boolean> = {
  true: true,
  yes: true,
  on: true,
  false: false,
  no: false,
  off: false,
};

function find(names: ReadonlyMap<string, string>, typed: string): string | undefined {
  const wanted = typed.replace(/^@?&?/, "").toLowerCase();
  return [...names].find(([name]) => name.replace(/^@/, "").toLowerCase() === wanted)?.[1];
}

const mentions = (names: ReadonlyMap<string, string>) =>
  [...names.keys()].map((name) => `@${name.replace(/^@/, "")}`);

/**
 * A typed value as the kind that its option carries. What Discord's own client would refuse (a missing option, a number
 * out of range) is let through where it can be: the bot has to refuse it too.
 * @throws {BadInput}
 */
export function readValue(
  option: APIApplicationCommandBasicOption,
  typed: string,
  { people, roles }: Names,
): OptionValue {
  const { name, type } = option;
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
    case ApplicationCommandOptionType.User: {
      const user = find(people, typed);
      if (!user)
        throw new BadInput(`There is nobody called "${typed}"; there are ${listed(mentions(people))}.`);
      return { user };
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
    default:
      throw new BadInput(`The sandbox can't give "${name}": it has no channels to choose from.`);
  }
}
