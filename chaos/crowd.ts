import { setTimeout } from "node:timers/promises";
import type { DiscordStandIn } from "../sandbox/discord/index.ts";
import type { Exchange, OptionValue, Person, Place, SeenMessage } from "../sandbox/discord/person.ts";
import type { Chance } from "./chance.ts";
import { isConcluded } from "./judge.ts";
import { type Host, makePlan, type Plan, type Wish } from "./plan.ts";
import type { Samples } from "./samples.ts";
import { tagName } from "./tag.ts";

/** One interaction, and what came of it. */
export interface Asked {
  at: number;
  exchange: Exchange;
  person: Person;
  place: Place;
  /** `job`: models run for it. `reply`: it is answered at once. `press`: it has no message of its own. */
  kind: "job" | "reply" | "press";
  /** Of a job. */
  tag?: number;
  /** The press of its Stop button, if there was one. */
  stopped?: Exchange;
}

export interface Crowd {
  asked: readonly Asked[];
  plans: ReadonlyMap<number, Plan>;
  /** People ask and press, until the signal is aborted. */
  live(signal: AbortSignal): Promise<void>;
  wish(wish: Wish): Asked;
  /** Asks for something long and stops it as soon as there is a button. Resolves, pressed or not, within seconds. */
  stopSomething(): Promise<void>;
}

/** So many requests wait for their answers at once; what is older than this is waited for no longer. */
const AT_ONCE = 9;
const FORGOTTEN_MS = 30_000;

const wishes: readonly Wish[] = [
  ...Array<Wish>(3).fill("short"),
  ...Array<Wish>(3).fill("long"),
  ...([
    "stoppable",
    "refused",
    "pictures",
    "pictures",
    "drawings",
    "larger",
    "edited",
    "described",
    "transcript",
  ] as const),
];

const buttonOf = (message: SeenMessage, label: string) =>
  message.buttons.find((button) => button.label === label && !button.disabled)?.customId;

export function createCrowd(deps: {
  discord: DiscordStandIn;
  samples: Samples;
  chance: Chance;
  host: Host;
}): Crowd {
  const { discord, samples, chance, host } = deps;
  const asked: Asked[] = [];
  const plans = new Map<number, Plan>();
  const { admin, member, other } = discord.people;
  const people = [admin, member, other, discord.join("Eno"), discord.join("Uma")];

  const note = (asking: Omit<Asked, "at">): Asked => {
    const noted = { at: Date.now(), ...asking };
    asked.push(noted);
    return noted;
  };

  function plan(wish: Wish, count = 1): number {
    const tag = plans.size + 1;
    plans.set(tag, makePlan(wish, tag, count, chance, host));
    return tag;
  }

  /** The command and its options that a wish is made of. */
  function commandFor(wish: Wish): { name: string; options: Record<string, OptionValue>; tag: number } {
    const isPicture = wish === "pictures" || wish === "drawings";
    const count = isPicture ? chance.between(1, 4) : 1;
    const tag = plan(wish, count);
    const prompt = `please, ${tagName(tag)}`;
    const isPrivate = chance.happens(0.25) ? { private: true } : {};
    const image = { upload: samples.picture(tag) };
    if (wish === "larger") return { name: "upscale", options: { image }, tag };
    if (wish === "edited") return { name: "edit", options: { image, prompt, ...isPrivate }, tag };
    if (wish === "described") return { name: "describe", options: { image, ...isPrivate }, tag };
    if (wish === "transcript")
      return { name: "transcribe", options: { audio: { upload: samples.recording(tag) } }, tag };
    if (!isPicture) return { name: "ask", options: { prompt, ...isPrivate }, tag };
    const model = wish === "pictures" ? "flux-schnell" : "flux-1.1-pro";
    return { name: "imagine", options: { prompt, count, model, ...isPrivate }, tag };
  }

  function wish(wish: Wish): Asked {
    const person = chance.pick(people);
    const place: Place = chance.happens(0.15) ? { dm: true } : {};
    const { name, options, tag } = commandFor(wish);
    return note({ exchange: person.command(name, options, place), person, place, kind: "job", tag });
  }

  function usage(): void {
    const person = chance.pick(people);
    note({ exchange: person.command("usage"), person, place: {}, kind: "reply" });
  }

  /** Undefined where no message of it has this button (any more). */
  function press(on: Asked, label: string, as: Pick<Asked, "kind" | "tag">): Asked | undefined {
    const message = on.exchange.messages.findLast((each) => buttonOf(each, label));
    const customId = message && buttonOf(message, label);
    if (!customId) return undefined;
    const { person, place } = on;
    return note({ exchange: person.press(message, customId), person, place, ...as });
  }

  function stop(on: Asked): boolean {
    const pressed = press(on, "Stop", { kind: "press" });
    if (pressed) on.stopped = pressed.exchange;
    return pressed !== undefined;
  }

  /** The same again is asked for by the same words, so it has the same tag. */
  const regenerate = (on: Asked) =>
    press(on, "Regenerate", { kind: "job", ...(on.tag === undefined ? {} : { tag: on.tag }) });

  async function reply(on: Asked): Promise<void> {
    const opened = press(on, "Reply", { kind: "press" });
    await opened?.exchange.until(({ state }) => state !== "waiting");
    if (!opened?.exchange.modal) return;
    const { person, place } = on;
    const tag = plan(chance.pick(["short", "long"]));
    const exchange = person.submit(opened.exchange, { prompt: `and then, ${tagName(tag)}` });
    note({ exchange, person, place, kind: "job", tag });
  }

  /** One of the latest answers, if it still has what is to be pressed. */
  async function pressSomething(): Promise<void> {
    const recent = asked.filter(({ kind }) => kind === "job").slice(-12);
    if (recent.length === 0) return;
    const on = chance.pick(recent);
    const act = chance.pick([stop, regenerate, reply]);
    await act(on);
  }

  const isOpen = ({ at, kind, exchange }: Asked) =>
    kind === "job" &&
    Date.now() - at < FORGOTTEN_MS &&
    exchange.state !== "failed" &&
    !isConcluded(exchange.messages);

  async function act(): Promise<void> {
    if (chance.happens(0.08)) return usage();
    if (chance.happens(0.2)) return pressSomething();
    if (asked.slice(-60).filter(isOpen).length < AT_ONCE) wish(chance.pick(wishes));
  }

  return {
    asked,
    plans,
    wish,
    async live(signal) {
      while (!signal.aborted) {
        // What nobody can press any more, or was not answered in time, is no reason to stop.
        act().catch(() => undefined);
        await setTimeout(chance.between(100, 500), undefined, { signal }).catch(() => undefined);
      }
    },
    async stopSomething() {
      const on = wish("stoppable");
      await on.exchange.until(() => stop(on), 6_000).catch(() => undefined);
    },
  };
}
