import type { JobOf, Request } from "./command.ts";
import { modelOption } from "./models.ts";
import { boolean, choice, image, optional, text, type Values } from "./options.ts";
import { type Style, styleLabels, styles } from "./styles.ts";

/** Discord's own limit for an option's text. */
const MAX_PROMPT = 6_000;

export const askOptions = {
  prompt: text("Your question", { max: MAX_PROMPT }),
  model: optional(modelOption("text")),
  style: optional(choice("How it should answer, ready-made", Object.keys(styles) as Style[], styleLabels)),
  system: optional(text("How it should answer: a role, a tone, a language", { max: 2_000 })),
  image: optional(image("A picture that the question is about")),
  new: optional(boolean("Begin a new topic: forget what you said here before")),
  private: optional(boolean("Only you see the answer")),
};

export type AskOptions = Values<typeof askOptions>;
export type AskRequest = Request<AskOptions>;
export type AskJob = JobOf<AskOptions>;
