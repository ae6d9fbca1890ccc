import type { Attachment, AttachmentKind } from "../services/attachment.ts";
import type { Price } from "../services/prices.ts";

/** What a person can give with a command. `T` is what the command's body gets. */
export type Option<T = unknown> = OptionShape & {
  description: string;
  required: boolean;
  /** Offered only where this works. */
  feature?: Feature;
  /** Only for the compiler. */
  readonly value?: T;
};

/** What works only where the operator has set something for it. */
export type Feature = "speakers";

export type OptionShape =
  | { type: "text"; max: number; complete?: Complete }
  | { type: "integer"; min: number; max: number }
  | { type: "boolean" }
  | { type: "choice"; choices: readonly (string | number)[]; labels?: Readonly<Record<string, string>> }
  | { type: "attachment"; kind: AttachmentKind }
  | { type: "person" }
  | { type: "role" }
  | { type: "person-or-role" }
  | { type: "channel" };

/** What autocomplete offers for what was typed so far; 25 at the most are shown. */
export type Complete = (typed: string, where: Completing) => readonly { name: string; value: string }[];

/** For whom, and where, something is completed. */
export interface Completing {
  locale: string;
  /** The operator's own prices, by reference. */
  prices: ReadonlyMap<string, Price>;
  /** Whether a model, by its key, may be used there. */
  allows: (model: string) => boolean;
  /** How many seconds a model, by its key, usually runs, as far as its own runs have taught; it never waits for that. */
  usualSeconds: (model: string) => number | undefined;
}

export type Options = Readonly<Record<string, Option>>;
export type Values<O extends Options> = {
  [Name in keyof O]: O[Name] extends Option<infer T> ? T : never;
};

/** A person or a role that an option names. */
export interface Target {
  id: string;
  name: string;
  kind: "person" | "role";
  /** Of a person: the roles here. */
  roles: readonly string[];
}

/** A channel of this server in which people write; no thread, no voice channel. */
export interface Channel {
  id: string;
  name: string;
}

export const text = (
  description: string,
  { max = 2000, complete }: { max?: number; complete?: Complete } = {},
) =>
  ({ type: "text", description, required: true, max, ...(complete ? { complete } : {}) }) as Option<string>;
export const integer = (description: string, { min, max }: { min: number; max: number }) =>
  ({ type: "integer", description, required: true, min, max }) as Option<number>;
export const boolean = (description: string) =>
  ({ type: "boolean", description, required: true }) as Option<boolean>;
export const choice = <const T extends string | number>(
  description: string,
  choices: readonly T[],
  labels?: Readonly<Record<T, string>>,
) => ({ type: "choice", description, required: true, choices, ...(labels ? { labels } : {}) }) as Option<T>;
export const image = (description: string) =>
  ({ type: "attachment", kind: "image", description, required: true }) as Option<Attachment>;
export const audio = (description: string) =>
  ({ type: "attachment", kind: "audio", description, required: true }) as Option<Attachment>;
export const promptList = (description: string) =>
  ({ type: "attachment", kind: "list", description, required: true }) as Option<Attachment>;
export const person = (description: string) =>
  ({ type: "person", description, required: true }) as Option<Target>;
export const role = (description: string) =>
  ({ type: "role", description, required: true }) as Option<Target>;
export const personOrRole = (description: string) =>
  ({ type: "person-or-role", description, required: true }) as Option<Target>;
export const channel = (description: string) =>
  ({ type: "channel", description, required: true }) as Option<Channel>;
export const optional = <T>(option: Option<T>) => ({ ...option, required: false }) as Option<T | undefined>;

/** Offered only where the feature works; elsewhere nobody can give it. */
export const where = <T>(feature: Feature, option: Option<T | undefined>) =>
  ({ ...option, feature }) as Option<T | undefined>;

/** Autocomplete for lists: those that begin with what was typed come first. */
export const completing =
  (list: (where: Completing) => readonly { name: string; value: string }[]): Complete =>
  (typed, where) => {
    const wanted = typed.trim().toLowerCase();
    const rank = ({ name, value }: { name: string; value: string }) =>
      [name, value].some((text) => text.toLowerCase().startsWith(wanted)) ? 0 : 1;
    return list(where)
      .filter(({ name, value }) => `${name}\n${value}`.toLowerCase().includes(wanted))
      .toSorted((a, b) => rank(a) - rank(b))
      .slice(0, 25);
  };
