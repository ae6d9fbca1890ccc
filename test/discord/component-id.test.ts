import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ComponentId, decode, encode } from "../../src/discord/component-id.ts";

const stop: ComponentId = { command: "ask", action: "stop", job: "1048390221946834954" };

describe("a custom_id", () => {
  it("can be read by people, too", () => {
    expect(encode(stop)).toBe("1|ask|stop|1048390221946834954");
    expect(encode({ ...stop, arg: "image-2" })).toBe("1|ask|stop|1048390221946834954|image-2");
  });

  it("comes back as it was, whatever fits into it", () => {
    const word = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
    const arg = fc.option(fc.string({ unit: "grapheme", maxLength: 12 }), { nil: undefined });
    const id = fc.record({ command: word, action: word, job: word, arg });
    fc.assert(
      fc.property(id, ({ arg, ...ids }) => {
        const sent = arg === undefined ? ids : { ...ids, arg };
        let customId: string;
        try {
          customId = encode(sent);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          return;
        }
        // Discord allows 1 to 100 characters.
        expect(customId.length).toBeLessThanOrEqual(100);
        expect(decode(customId)).toEqual(sent);
      }),
    );
  });

  it("is refused where it would be too long for Discord", () => {
    const id = { command: "c", action: "a", job: "" };
    expect(encode({ ...id, job: "j".repeat(94) })).toHaveLength(100);
    expect(() => encode({ ...id, job: "j".repeat(95) })).toThrow(RangeError);
  });
});

describe("what another bot or version made", () => {
  it.each(["", "|", "play|next", "2|ask|stop|1", "1|ask|stop", "1||stop|1", "1|a|b|c|d|e", "1|%E0|stop|1"])(
    "is no id of ours: %j",
    (customId) => expect(decode(customId)).toBeUndefined(),
  );

  it("never throws", () => {
    const garbage = fc.oneof(
      fc.string({ unit: "binary" }),
      fc
        .array(fc.constantFrom("1", "|", "%", "ask", "%7C", "\uD800", "é"), { maxLength: 12 })
        .map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(garbage, (customId) => {
        const id = decode(customId);
        if (id) expect([id.command, id.action, id.job].every((part) => part.length > 0)).toBe(true);
      }),
    );
  });
});
