import type { ReplicateFault } from "./fault.ts";
import { files } from "./files.ts";
import { lists } from "./lists.ts";
import { refusals } from "./refusals.ts";
import { runs } from "./runs.ts";
import { streams, writings } from "./streams.ts";
import { wire } from "./wire.ts";

/** Everything that Replicate does wrong to one command; what takes minutes or several is in `patience.full.test.ts`. */
export const replicateFaults: readonly ReplicateFault[] = [
  ...runs,
  ...refusals,
  ...wire,
  ...lists,
  ...streams,
  ...writings,
  ...files,
];
