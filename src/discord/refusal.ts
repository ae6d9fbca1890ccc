import { PROBLEM_MARK, words } from "../locales/index.ts";
import type { ProblemReason } from "../services/problem.ts";
import type { Address } from "./address.ts";
import { type AnswerMessages, OutOfReach } from "./messages.ts";
import { isLasting, type Patience } from "./patience.ts";
import { type Payload, renderProblem, renderText } from "./render.ts";

/** What is said instead of an answer, to whom, and what it cost. */
export interface Refusal {
  reason: ProblemReason;
  locale: string;
  cost: number;
  /** Whose Retry it is. */
  owner: { command: string; job: string };
  /** Milliseconds since 1970. */
  now: number;
  patience: Patience;
  /** Stores that the sentence may be there. */
  saying: () => Promise<void>;
}

const lasts = (error: unknown) => isLasting(error) || error instanceof OutOfReach;

/**
 * Says it after the acknowledgement: to the asker alone, whatever the acknowledgement was, as long as the interaction's
 * token lives; after that in the answer's place, since nothing else is left there.
 */
export async function refuse(
  { address, answer }: { address: Address; answer: AnswerMessages },
  { reason, locale, cost, owner, now, patience, saying }: Refusal,
): Promise<void> {
  const [first, ...others] = address.messages;
  const sentence = renderProblem(reason, locale, cost, owner);
  const insist = <T>(work: () => Promise<T>) => patience.until(work, lasts);
  if (first === undefined) {
    // Its nonce makes it one, however often it is sent.
    await insist(() => answer.send(() => sentence, { place: 0 }));
    return;
  }
  for (const id of others) await insist(() => answer.remove(id));
  const replace = (payload: Payload) => insist(() => answer.edit(first, () => ({ ...payload, keep: [] })));
  if (address.private || now >= address.expiresAt) {
    await replace(sentence);
    return;
  }
  // A follow-up straight after a deferral would become the public answer (discord-api-docs 2866).
  const { withdrawn, charged } = words(locale);
  if (address.refused) {
    // A process that ended here has said why, or was killed in the moment before: this tells nobody else anything.
    await replace(renderText(`${PROBLEM_MARK} ${withdrawn}\n-# ${charged(cost)}`));
    return;
  }
  await replace(renderText(withdrawn));
  try {
    await answer.send(() => sentence, { private: true, sending: saying });
  } catch {
    // Refused, or nobody knows whether it arrived: said twice is better than not at all.
    await replace(sentence);
    return;
  }
  await insist(() => answer.remove(first));
}
