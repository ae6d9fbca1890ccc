import { describe, expect, it } from "vitest";
import { readArguments } from "../../../sandbox/terminal/arguments.ts";
import { BadInput } from "../../../sandbox/terminal/bad-input.ts";

describe("the sandbox's arguments", () => {
  it("are lines in order, who types, and how it is printed", () => {
    expect(
      readArguments(["--run", "/usage", "--as=admin", "--dm", "--run", "> Transcribe x", "--json"]),
    ).toEqual({
      run: ["/usage", "> Transcribe x"],
      as: "admin",
      dm: true,
      json: true,
      fast: false,
      help: false,
    });
    expect(readArguments([])).toMatchObject({ run: [], as: "member", dm: false, json: false });
  });

  it.each([
    [
      ["--runs", "/usage"],
      "There is no option --runs; there are --run, --as, --dm, --json, --fast and --help.",
    ],
    [["-x"], "There is no option -x; there are --run, --as, --dm, --json, --fast and --help."],
    [["/usage"], "\"/usage\" stands alone; a line to play is given as: --run '/usage'"],
    [["--run"], `--run needs a line, such as: --run '/ask prompt:"hi"'`],
    [["--as", "root"], '--as must be admin, member or other, not "root".'],
    [["--as"], "--as must be admin, member or other."],
    [["--dm=no"], "--dm takes no value."],
  ])("%j are refused in a sentence", (given, sentence) =>
    expect(() => readArguments(given)).toThrow(new BadInput(sentence)),
  );
});
