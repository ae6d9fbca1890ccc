import { expect, it } from "vitest";
import { product } from "../../src/commands/product.ts";
import { asked, bodyOf, runsOf } from "./asked.ts";

const prompts = (angles: string) =>
  runsOf(product, { name: "enamel mug", angles }).map(({ input }) => String(input["prompt"]));

it("knows the angles that it offers, and takes any other words as they are", () => {
  const [front, other, object] = prompts("front, from above, constructor");
  expect(front).not.toContain("seen like this");
  expect(other).toContain("The product is seen like this: from above,");
  expect(object).toContain("The product is seen like this: constructor,");
});

it("tries again only the angles of which there is no picture", () => {
  const { actions = {} } = bodyOf(product) as { actions?: Record<string, unknown> };
  const retry = actions["retry"] as { request(press: unknown): { options: Record<string, unknown> } };
  const request = asked({ name: "enamel mug", angles: "front, side, back", transparent: true });
  const run = (key: string, facts: object) => ({ key, model: "flux-schnell", input: {}, ...facts });
  const made = { state: "succeeded", result: { files: ["https://x/1.png"] } };
  const failed = { state: "failed", problem: { kind: "model-failed", model: "X" } };
  const runs = [run("shot-1", made), run("shot-2", failed), run("shot-3", failed), run("cutout-1", failed)];
  expect(retry.request({ job: { request, runs } }).options).toEqual({
    name: "enamel mug",
    angles: "side, back",
    transparent: true,
    private: false,
  });
});
