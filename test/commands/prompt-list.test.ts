import { stringify } from "csv-stringify/sync";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Line, readPromptList } from "../../src/commands/prompt-list.ts";
import { shapes } from "../../src/services/models/model.ts";
import { type ListFault, Problem } from "../../src/services/problem.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const txt = (text: string) => readPromptList(bytes(text), "list.txt");
const csv = (text: string) => readPromptList(bytes(text), "list.csv");

function fault(read: () => unknown): ListFault {
  try {
    read();
  } catch (error) {
    if (error instanceof Problem && error.reason.kind === "bad-list") return error.reason.fault;
    throw error;
  }
  throw new Error("nothing is wrong with it");
}

describe("a .txt", () => {
  it("has a prompt a line; what is empty or a remark is none", () => {
    expect(txt("# mine\r\na red boat\r\n\r\n  a Blue boat!  \n")).toEqual([
      { line: 2, name: "a-red-boat", prompt: "a red boat" },
      { line: 4, name: "a-blue-boat", prompt: "a Blue boat!" },
    ]);
  });

  it("is read as UTF-8 or as UTF-16 with its mark", () => {
    const text = "ein grünes Boot";
    const little = Buffer.from(`\ufeff${text}`, "utf16le");
    const big = Buffer.from(little).swap16();
    for (const encoded of [bytes(`\ufeff${text}`), little, big])
      expect(readPromptList(encoded, "LIST.TXT")).toEqual([
        { line: 1, name: "ein-grünes-boot", prompt: text },
      ]);
    const latin = Buffer.from(text, "latin1");
    expect(fault(() => readPromptList(latin, "list.txt"))).toEqual({ kind: "no-text" });
  });
});

describe("a .csv", () => {
  it("has its columns in any order and case, by comma or semicolon, with a mark and quotes", () => {
    const expected = [
      { line: 2, name: "boat", prompt: "a boat, red; new", shape: "wide" },
      { line: 3, name: "a-tree", prompt: "a tree" },
    ];
    expect(csv('\ufeffPrompt,SHAPE,name\r\n"a boat, red; new",Wide,boat\r\na tree,,\r\n')).toEqual(expected);
    expect(csv('name;prompt;shape\nboat;"a boat, red; new";wide\n;a tree;\n')).toEqual(expected);
    expect(csv('prompt\n"a ""red"" boat"')).toEqual([
      { line: 2, name: "a-red-boat", prompt: 'a "red" boat' },
    ]);
  });

  it("may say what separates its cells, or separate them by tabs", () => {
    const boat = { name: "boat", prompt: "a boat" };
    expect(csv("sep=;\r\nname;prompt\r\nboat;a boat")).toEqual([{ line: 3, ...boat }]);
    expect(csv("name\tprompt\nboat\ta boat")).toEqual([{ line: 2, ...boat }]);
    expect(fault(() => csv("sep=;\nname;words\nboat;a boat"))).toEqual({
      kind: "no-header",
      columns: ["name", "words"],
    });
  });

  it("has no names that turn round what is said of them", () => {
    const [line] = csv("name,prompt\nbo\u202Eat\u009B\u2066 👩‍🚀,a boat");
    expect(line?.name).toBe("boat 👩‍🚀");
  });

  it("names the line on which a row begins", () => {
    for (const end of ["\n", "\r\n"])
      expect(csv(["prompt", "", '"two', 'lines"', "", "one", ""].join(end)).map(({ line }) => line)).toEqual([
        3, 6,
      ]);
    expect(csv("prompt\n\none").map(({ line }) => line)).toEqual([3]);
  });
});

describe("what is wrong is said once, with its lines", () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => `boat ${index}`).join("\n");

  it.each<[string, () => unknown, ListFault]>([
    ["another file", () => readPromptList(bytes("a"), "list.pdf"), { kind: "no-list" }],
    [
      "a picture",
      () => readPromptList(Buffer.from("89504e470d0a1a0a00", "hex"), "a.txt"),
      { kind: "no-text" },
    ],
    ["an empty file", () => txt(""), { kind: "no-prompts" }],
    ["remarks alone", () => txt("# a\n\n"), { kind: "no-prompts" }],
    ["a header alone", () => csv("prompt\n"), { kind: "no-prompts" }],
    ["51 lines", () => txt(many(51)), { kind: "too-many", max: 50 }],
    ["no header", () => csv("a boat,wide\na tree,tall"), { kind: "no-header", columns: ["a boat", "wide"] }],
    ["an open quote", () => csv('prompt\nboat\n"tree'), { kind: "no-csv", line: 3 }],
    ["a row without a prompt", () => csv("name,prompt\na,b\nc,\nd, "), { kind: "no-prompt", lines: [3, 4] }],
    ["a long prompt", () => txt(`a\n${"b".repeat(2_001)}`), { kind: "too-long", max: 2_000, lines: [2] }],
    [
      "an unknown shape",
      () => csv("prompt,shape\na,wide\nb,Round\nc,oval"),
      { kind: "shape", shape: "round", shapes, lines: [3, 4] },
    ],
  ])("%s", (_, read, expected) => expect(fault(read)).toEqual(expected));

  it("50 lines are not too many", () => expect(txt(many(50))).toHaveLength(50));
});

const cell = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 40 })
  .map((text) => text.replaceAll(/\p{C}/gu, "").trim())
  .filter((text) => text !== "" && !text.startsWith("\ufeff"));
const row = fc.record({
  name: cell.map((name) => name.replaceAll(/\s+/g, " ")),
  prompt: fc.oneof(
    cell,
    fc.tuple(cell, cell).map((parts) => parts.join("\n")),
  ),
  shape: fc.constantFrom("", ...shapes),
});

it("reads back what a spreadsheet wrote", () => {
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 1, maxLength: 50 }),
      fc.constantFrom(",", ";"),
      fc.boolean(),
      fc.constantFrom("unix" as const, "windows" as const),
      fc.shuffledSubarray(["name", "prompt", "shape"], { minLength: 3 }),
      (rows, delimiter, bom, record_delimiter, columns) => {
        const written = stringify(rows, { header: true, columns, delimiter, bom, record_delimiter });
        const read = csv(written).map(({ name, prompt, shape }: Line) => ({
          name,
          prompt,
          shape: shape ?? "",
        }));
        expect(read).toEqual(
          rows.map((each) => ({ ...each, name: Array.from(each.name).slice(0, 60).join("") })),
        );
      },
    ),
  );
});

it("throws nothing but a Problem, whatever it is given", () => {
  const text = fc.string({
    unit: fc.constantFrom("prompt", "name", ",", ";", '"', "\n", "\r", "a", "\ufeff", "#"),
  });
  const anything = fc.oneof(fc.uint8Array(), fc.string({ unit: "binary" }).map(bytes), text.map(bytes));
  fc.assert(
    fc.property(anything, fc.constantFrom("a.txt", "a.csv", "a", ""), (given, name) => {
      try {
        const lines = readPromptList(given, name);
        expect(lines.length).toBeGreaterThan(0);
        for (const { prompt, name } of lines) expect([prompt, name]).not.toContain("");
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        expect(error.reason.kind).toBe("bad-list");
      }
    }),
  );
});
