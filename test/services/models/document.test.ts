import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { modelsDocument } from "../../../sandbox/models/document.ts";

it("docs/models.md says what the catalogue says; `npm run models:docs` writes it anew", async () => {
  const page = await readFile(join(import.meta.dirname, "../../../docs/models.md"), "utf8");
  expect(page).toBe(modelsDocument());
});
