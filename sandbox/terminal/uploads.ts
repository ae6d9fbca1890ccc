import { readdirSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Upload } from "../discord/person.ts";
import { BadInput } from "./bad-input.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const samples = join(root, "sandbox/samples");

/** Where a relative path may begin: where npm was called, here, in the clone, and at last among the samples. */
const folders = () => [here(), process.cwd(), root, samples];
/** npm changes into the clone, but says where it was called. */
const here = () => process.env["INIT_CWD"] ?? process.cwd();

const withHome = (path: string) => path.replace(/^~(?=\/|$)/, homedir());

/** @throws {BadInput} where no such file is */
export function readUpload(path: string): Upload {
  const found = folders()
    .map((folder) => resolve(folder, withHome(path)))
    .find((each) => statSync(each, { throwIfNoEntry: false })?.isFile());
  if (!found) throw new BadInput(`There is no file ${path}`);
  try {
    return { name: basename(found), data: readFileSync(found) };
  } catch (error) {
    throw new BadInput(`${path} can't be read: ${(error as Error).message}`);
  }
}

/** Paths that begin with what was typed; folders end with a slash. Where nothing is typed yet, the samples come first. */
export function completePath(typed: string): string[] {
  if (typed === "~") return ["~/"];
  const parent = typed.slice(0, typed.lastIndexOf("/") + 1);
  const start = typed.slice(parent.length);
  try {
    const entries = readdirSync(resolve(here(), withHome(parent)), { withFileTypes: true });
    const found = entries
      .filter(({ name }) => name.startsWith(start) && (start.startsWith(".") || !name.startsWith(".")))
      .map((entry) => `${parent || "./"}${entry.name}${entry.isDirectory() ? "/" : ""}`);
    return typed ? found : [...readdirSync(samples).map((name) => `./sandbox/samples/${name}`), ...found];
  } catch {
    return [];
  }
}
