import { changed } from "../../../sandbox/bodies.ts";
import { look, once, pictures, type ReplicateFault, scripted, texts } from "./fault.ts";

const flags = [
  "NSFW content detected. Try running it again, or try a different prompt.",
  "All generated images contained NSFW content. Try running it again with a different prompt.",
  "The input or output was flagged as sensitive. Please try again with different inputs. (E005)",
];

/** One where there is a list, and a list where there is one. */
const reshaped = changed(({ output, ...rest }) => ({
  ...rest,
  output: Array.isArray(output) ? output.join("") : output && [output],
}));

/** How a run itself ends badly. */
export const runs: ReplicateFault[] = [
  ...["E1000", "E1001", "E6716", "E8367", "E8765", "E9243", "E9825"].map((code) => ({
    name: `fails with ${code}`,
    strike: scripted({ error: `Something broke (${code})` }),
    shows: new RegExp(`failed \\(${code}\\)`),
  })),
  ...flags.map((error) => ({
    name: `flags the request: ${error.split(".")[0]}`,
    strike: scripted({ error }),
    shows: /safety filter/,
  })),
  { name: "aborts before it begins", strike: scripted({ status: "aborted" }), shows: /took too long/ },
  { name: "is cancelled by somebody else", strike: scripted({ status: "canceled" }), shows: /Stopped/ },
  { name: "succeeds with null", strike: scripted({ output: null }), shows: /without making anything/ },
  { name: "succeeds with an empty text", strike: scripted({ output: "" }), shows: /without making anything/ },
  { name: "succeeds with an empty list", strike: scripted({ output: [] }), shows: /without making anything/ },
  {
    name: "changes the output's shape",
    strike: scripted({ output: { unexpected: [1, 2, 3] } }),
    shows: /without making anything/,
  },
  {
    name: "gives a list for one, and one for a list",
    only: [...pictures, ...texts],
    strike: once({ ...look, times: Infinity, sends: reshaped }),
    shows: "answer",
  },
];
