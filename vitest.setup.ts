import { builtBot } from "./bench/start/build.ts";

/** Once before all slow tests: none of them may rebuild what another one is just starting. */
export default function setup(): void {
  builtBot();
}
