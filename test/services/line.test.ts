import { describe, expect, it } from "vitest";
import { createLine } from "../../src/services/line.ts";

/** Work that the test ends. */
function work() {
  let end = () => undefined as void;
  const ended = new Promise<void>((resolve) => (end = resolve));
  let begun = false;
  const run = () => {
    begun = true;
    return ended;
  };
  return { run, end: () => end(), begun: () => begun };
}

const nobody = () => new AbortController().signal;
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("a line", () => {
  it("runs so much at once, the rest in order, each told how many go first", async () => {
    const line = createLine(1);
    const told: [string, number][] = [];
    const works = ["a", "b", "c", "d"].map((name) => {
      const each = work();
      const moved = (ahead: number) => void told.push([name, ahead]);
      return { ...each, done: line.add(each.run, { signal: nobody(), moved }) };
    });
    expect(told).toEqual([
      ["b", 0],
      ["c", 1],
      ["d", 2],
    ]);
    told.length = 0;
    works[0]?.end();
    await works[0]?.done;
    await settled();
    expect(works.map(({ begun }) => begun())).toEqual([true, true, false, false]);
    expect(told).toEqual([
      ["c", 0],
      ["d", 1],
    ]);
    for (const { end } of works) end();
    await Promise.all(works.map(({ done }) => done));
  });

  it("never begins what was stopped while it waited, and those behind move up", async () => {
    const line = createLine(1);
    const [first, stopped, last] = [work(), work(), work()];
    const stop = new AbortController();
    const told: number[] = [];
    const done = line.add(first.run, { signal: nobody(), moved: () => undefined });
    const refused = line.add(stopped.run, { signal: stop.signal, moved: () => undefined });
    const behind = line.add(last.run, { signal: nobody(), moved: (ahead) => void told.push(ahead) });
    stop.abort(new Error("stopped"));
    await expect(refused).rejects.toThrow("stopped");
    expect(told).toEqual([1, 0]);
    first.end();
    last.end();
    await Promise.all([done, behind]);
    expect(stopped.begun()).toBe(false);
  });

  it("tells those far back less often", async () => {
    const line = createLine(1);
    const first = work();
    const done = line.add(first.run, { signal: nobody(), moved: () => undefined });
    let told = 0;
    const others = Array.from({ length: 100 }, () =>
      line.add(async () => undefined, { signal: nobody(), moved: () => void (told += 1) }),
    );
    first.end();
    await Promise.all([done, ...others]);
    // Each is told when it comes, and then on its last steps.
    expect(told).toBeLessThan(100 * 15);
  });
});
