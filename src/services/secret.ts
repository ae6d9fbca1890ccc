import { z } from "zod";

/**
 * Stands in an input where a secret goes: the secret itself is put in when the request leaves, so that no record has it.
 * What people type is text, so nobody can ask for one.
 */
export const secretSchema = z.strictObject({ secret: z.enum(["huggingface"]) });
export type Secret = z.output<typeof secretSchema>;

/** The operator's secrets that models need. */
export type Secrets = Readonly<Partial<Record<Secret["secret"], string>>>;

export const secret = (name: Secret["secret"]): Secret => ({ secret: name });

export const isSecret = (value: unknown): value is Secret => secretSchema.safeParse(value).success;

/** The input as it is sent. Where a secret is not set any more, the model says that it lacks it. */
export const withSecrets = (input: Record<string, unknown>, secrets: Secrets): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(input).flatMap(([name, value]) => {
      if (!isSecret(value)) return [[name, value]];
      const known = secrets[value.secret];
      return known === undefined ? [] : [[name, known]];
    }),
  );

/** A text in which the secrets can't be read: servers repeat what they were sent. */
export const withoutSecrets = (text: string, secrets: Secrets): string =>
  Object.values(secrets).reduce((hidden, value) => (value ? hidden.replaceAll(value, "…") : hidden), text);
